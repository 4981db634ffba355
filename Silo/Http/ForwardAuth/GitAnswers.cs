using System.Collections.Immutable;
using System.Text.Json;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>What GitLab answers git and git-lfs, in its words.</summary>
internal static class GitAnswers
{
    /// <summary>Sent with every 401: git asks without credentials first.</summary>
    public const string Challenge = "Basic realm=\"GitLab\"";

    private const string LfsJson = "application/vnd.git-lfs+json";

    private const string AccessDenied =
        "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required"
        + " to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped.";

    /// <summary>The answer to a credential that is none.</summary>
    public static readonly ForwardAuthAnswer NotAuthenticated = ForwardAuthAnswer.Ask(Challenge, AccessDenied);

    private static readonly ForwardAuthAnswer CommandNotAllowed = ForwardAuthAnswer.To(Refusal.CommandNotAllowed);

    private static readonly ForwardAuthAnswer NotFound = new(
        StatusCodes.Status403Forbidden,
        ForwardAuthAnswer.NotFoundReason,
        "The project you were looking for could not be found or you don't have permission to view it.");

    private static readonly ForwardAuthAnswer LfsNotFound =
        new(StatusCodes.Status403Forbidden, ForwardAuthAnswer.NotFoundReason, Message("Not found."), LfsJson);

    private static readonly ForwardAuthAnswer LfsForbidden =
        new(StatusCodes.Status403Forbidden, Body: Message("Access forbidden. Check your access level."), ContentType: LfsJson);

    private static readonly ForwardAuthAnswer NoDownload =
        new(StatusCodes.Status403Forbidden, Body: "You are not allowed to download code.");

    private static readonly ForwardAuthAnswer NoUpload =
        new(StatusCodes.Status403Forbidden, Body: "You are not allowed to upload code.");

    /// <summary>The answer to a request to a repository. Whatever is not plainly allowed is not allowed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decisions">One for each of its questions.</param>
    public static ForwardAuthAnswer To(GitRequest request, ImmutableArray<Decision> decisions) => decisions[0] switch
    {
        _ when request.Access == GitAccess.Unknown => ToUnknown(request, decisions[0]),
        { Allowed: true } allowed => ForwardAuthAnswer.Allow(allowed),
        { Reason: var reason } => To(request, reason, mayDownload: decisions[^1].Allowed),
    };

    /// <summary>Who is known is told that there is no such command, whatever he may do; what is public is open to known commands only.</summary>
    private static ForwardAuthAnswer ToUnknown(GitRequest request, Decision decision) => decision switch
    {
        { Allowed: true, Principal: null } => NotAuthenticated,
        { Allowed: true } => CommandNotAllowed,
        { Reason: var reason } => To(request, reason, mayDownload: false) is { Status: not StatusCodes.Status403Forbidden } other
            ? other
            : CommandNotAllowed,
    };

    private static ForwardAuthAnswer To(GitRequest request, DenyReason reason, bool mayDownload) => reason switch
    {
        DenyReason.CredentialMalformed or DenyReason.CredentialForged or DenyReason.CredentialRequired => NotAuthenticated,
        DenyReason.TokenUnknown or DenyReason.TokenRevoked or DenyReason.TokenExpired or DenyReason.HolderGone => NotAuthenticated,
        DenyReason.SecretMismatch or DenyReason.UsernameMismatch or DenyReason.ScopesOfNoUseHere => NotAuthenticated,
        // At GitLab a token is looked up among those that reach the project, so one that does not is a wrong one.
        DenyReason.ResourceOutsideHolder => NotAuthenticated,
        // So is one of a project without a repository (reference §3.2, step 3).
        DenyReason.FeatureDisabled => NotAuthenticated,
        DenyReason.ResourceNotFound or DenyReason.ExternalAuthorization => request.IsLfs ? LfsNotFound : NotFound,
        // git-lfs is told that there is nothing where it may not read, and that it may not write only where it may read.
        DenyReason.ScopeMissing or DenyReason.ActionNeverGranted or DenyReason.ResourceArchived when request.IsLfs =>
            mayDownload ? LfsForbidden : LfsNotFound,
        DenyReason.ScopeMissing or DenyReason.ActionNeverGranted or DenyReason.ResourceArchived =>
            request.Access == GitAccess.Upload ? NoUpload : NoDownload,
        _ => ForwardAuthAnswer.Unavailable,
    };

    private static string Message(string text) => JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = text });
}
