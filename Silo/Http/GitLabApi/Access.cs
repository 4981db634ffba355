using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What an operator, or somebody without a credential, may do. The only place of the API that decides it.</summary>
internal static class Access
{
    /// <summary>Whether a group or project is there at all for somebody.</summary>
    public static bool CanRead(OperatorPrincipal? caller, NamespaceView target) =>
        CanAdminister(caller) || target.Lineage.Visibility switch
        {
            Visibility.Public => true,
            Visibility.Internal => caller is not null,
            _ => false,
        };

    /// <summary>Whether somebody may change groups and projects, and administer their deploy tokens.</summary>
    public static bool CanAdminister(OperatorPrincipal? caller) => caller is { IsAdministrator: true };

    /// <summary>The refusal of somebody who may not call an operation at all, or null.</summary>
    public static IResult? Refuse(OperatorPrincipal? caller, Caller allowed) => (allowed, caller) switch
    {
        (Caller.Anyone, _) => null,
        (_, null) => GitLabErrors.Unauthorized,
        (Caller.Administrator, { IsAdministrator: false }) => GitLabErrors.Forbidden,
        _ => null,
    };
}
