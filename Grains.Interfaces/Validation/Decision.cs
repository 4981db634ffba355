using OrleansTokens.Namespaces;

namespace OrleansTokens.Validation;

/// <summary>
/// Why something was refused. For operators and the audit only: outsiders see one uniform refusal for each surface. The list is closed;
/// numbers go over the wire.
/// </summary>
public enum DenyReason
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The credential has not the shape of a token.</summary>
    CredentialMalformed = 1,

    /// <summary>The token's tag was not made by this authority.</summary>
    CredentialForged = 2,

    /// <summary>No such token: never issued, or destroyed.</summary>
    TokenUnknown = 3,

    /// <summary>The token exists, its secret is another.</summary>
    SecretMismatch = 4,

    /// <summary>The username is not the token's.</summary>
    UsernameMismatch = 5,

    /// <summary>The token was revoked.</summary>
    TokenRevoked = 6,

    /// <summary>The token is past its time.</summary>
    TokenExpired = 7,

    /// <summary>The project or group that holds the token, or a group above it, was deleted.</summary>
    HolderGone = 8,

    /// <summary>None of the token's scopes is of use where repositories and registries are served (reference §3.2).</summary>
    ScopesOfNoUseHere = 9,

    /// <summary>The resource does not exist.</summary>
    ResourceNotFound = 10,

    /// <summary>The resource is outside the project or group that holds the token.</summary>
    ResourceOutsideHolder = 11,

    /// <summary>The token was not granted the scope that the action needs.</summary>
    ScopeMissing = 12,

    /// <summary>No deploy token may ever do this.</summary>
    ActionNeverGranted = 13,

    /// <summary>The resource, or a group above it, is archived: it takes no writes.</summary>
    ResourceArchived = 14,

    /// <summary>Nobody may do this here without a credential.</summary>
    CredentialRequired = 15,

    /// <summary>
    /// An external service decides who may see what, and deploy tokens are not accepted beside it (reference §3.7). The token itself is
    /// right and alive. What a surface answers: git and Git LFS as for a project that does not exist, <c>/jwt/auth</c> and the dependency
    /// proxy 403. Package addresses that ignore a token they do not know (path B) decide again as for nobody, and challenge where nobody
    /// may; package addresses that insist on what was shown (path C) answer 401.
    /// </summary>
    ExternalAuthorization = 16,

    /// <summary>The group, whose packages are wanted as a whole, is not the one that holds the token but one below it (reference §3.6).</summary>
    HolderNotThisGroup = 17,

    /// <summary>The feature (repository, container registry, packages) is switched off in the project, or what is wanted in the whole installation.</summary>
    FeatureDisabled = 18,

    /// <summary>The token is held by a project, and only groups' tokens may do this.</summary>
    CredentialWrongKind = 19,
}

/// <summary>The names of deny reasons in the API: snake case of the code names.</summary>
public static class DenyReasonNames
{
    /// <summary>The name of a reason, for example <c>token_revoked</c>.</summary>
    public static string Of(DenyReason reason) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}

/// <summary>
/// Allow, or deny with a reason. A value: a refusal is no fault. Default denies.
/// </summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="Reason">Why not; <see cref="DenyReason.None"/> exactly where it is allowed.</param>
/// <param name="Principal">Whom the credential stands for, where it is right and alive, allowed or not; null otherwise.</param>
/// <param name="Resource">The project the action was aimed at, where there is one and it exists. It is not looked for where a credential
/// is wrong or dead.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Decision)]
public sealed record Decision(
    [property: Id(0)] bool Allowed,
    [property: Id(1)] DenyReason Reason,
    [property: Id(2)] Principal? Principal,
    [property: Id(3)] LocatedProject? Resource)
{
    /// <summary>The group the action was aimed at, where it is aimed at one and it exists.</summary>
    [Id(4)]
    public LocatedGroup? Group { get; init; }

    /// <summary>
    /// Whether <see cref="Resource"/> is a public project: everybody knows that it is there, whatever of it they may use. False where
    /// there is no project.
    /// </summary>
    [Id(5)]
    public bool ResourceIsPublic { get; init; }

    /// <summary>A refusal before anybody was recognised.</summary>
    public static Decision Deny(DenyReason reason) => new(false, reason, null, null);
}

/// <summary>A project as a decision found it.</summary>
/// <param name="Id">The project.</param>
/// <param name="Root">The top-level group above it.</param>
/// <param name="FullPath">Its full path.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.LocatedProject)]
public sealed record LocatedProject(
    [property: Id(0)] ProjectId Id,
    [property: Id(1)] GroupId Root,
    [property: Id(2)] string FullPath);

/// <summary>A group as a decision found it.</summary>
/// <param name="Id">The group.</param>
/// <param name="FullPath">Its full path.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.LocatedGroup)]
public sealed record LocatedGroup([property: Id(0)] GroupId Id, [property: Id(1)] string FullPath);
