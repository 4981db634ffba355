using OrleansTokens.Client;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What an operator, or somebody without a credential, may do (reference §2.1). The only place of the API that decides it.</summary>
internal static class Access
{
    /// <summary>What a caller may do with a group or project now: an administrator everything, others by their membership.</summary>
    public static async Task<AccessLevel> LevelAsync(
        OperatorAdministration operators, OperatorPrincipal? caller, NamespaceId target, CancellationToken cancellation) => caller switch
        {
            null => AccessLevel.None,
            { IsAdministrator: true } => AccessLevel.Owner,
            _ => await operators.GetAccessLevelAsync(target, caller.Id, cancellation),
        };

    /// <summary>Whether a group or project is there at all for somebody.</summary>
    public static bool CanRead(OperatorPrincipal? caller, AccessLevel level, NamespaceView target) =>
        level > AccessLevel.None || target.Lineage.Visibility >= Sees(caller);

    /// <summary>The least visibility that somebody sees without being a member.</summary>
    public static Visibility Sees(OperatorPrincipal? caller) => caller is null ? Visibility.Public : Visibility.Internal;

    /// <summary>Whether somebody at this level may do what an operation is about.</summary>
    public static bool Can(AccessLevel level, TargetAccess access) => (int)level >= (int)access;

    /// <summary>Whether somebody at this level may make a group in a group.</summary>
    public static bool CanMakeGroups(AccessLevel level) => level >= AccessLevel.Maintainer;

    /// <summary>Whether somebody at this level may make a project in a group.</summary>
    public static bool CanMakeProjects(AccessLevel level) => level >= AccessLevel.Developer;

    /// <summary>Whether somebody at this level may move a project into a group.</summary>
    public static bool CanTakeProjects(AccessLevel level) => level >= AccessLevel.Maintainer;

    /// <summary>Whether somebody at this level may give a member this level, or take it away: not above one's own.</summary>
    public static bool CanGrant(AccessLevel level, AccessLevel granted) => granted <= level;

    /// <summary>The refusal of somebody who may not call an operation at all, or null.</summary>
    public static IResult? Refuse(OperatorCaller? caller, Operation operation) => (operation.Caller, caller) switch
    {
        (not Caller.Anyone, null) => GitLabErrors.Unauthorized,
        (_, { MayChange: false }) when (operation.Method != HttpMethod.Get || operation.RevealsSecret) && !operation.ForEveryToken => GitLabErrors.InsufficientScope,
        (Caller.Administrator, { Operator.IsAdministrator: false }) => GitLabErrors.Forbidden,
        _ => null,
    };
}
