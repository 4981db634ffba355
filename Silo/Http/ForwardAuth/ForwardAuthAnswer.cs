using System.Collections.Immutable;
using System.Text.Json;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// The whole answer to a proxy. nginx passes 2xx, 401 and 403 on and makes an error of everything else, so a project that is not
/// there is 403 with a reason, and only a fault is anything else: it becomes an error at the proxy, which is what it is.
/// </summary>
/// <param name="Status">200, 401, 403 or 503.</param>
/// <param name="Reason">The value of <see cref="ReasonHeader"/>; null for none.</param>
/// <param name="Body">The text, which proxies other than nginx pass on to the client.</param>
/// <param name="ContentType">Of the body.</param>
internal sealed record ForwardAuthAnswer(
    int Status, string? Reason = null, string Body = "", string ContentType = ForwardAuthAnswer.PlainText)
{
    /// <summary>Says why, where a proxy may want to answer differently.</summary>
    public const string ReasonHeader = "X-Auth-Reason";

    /// <summary>Sent with every 401: git asks without credentials first.</summary>
    public const string Challenge = "Basic realm=\"GitLab\"";

    /// <summary>The value of <see cref="ReasonHeader"/> for a project that is not there, or not for this client.</summary>
    public const string NotFoundReason = "not_found";

    /// <summary>The value of <see cref="ReasonHeader"/> for a fault.</summary>
    public const string UnavailableReason = "unavailable";

    /// <summary>The value of <see cref="ReasonHeader"/> for a source that is banned.</summary>
    public const string BannedReason = "banned";

    /// <summary>The same, where 429 is set as the status of the banned: the proxy has to turn it into that.</summary>
    public const string TooManyRequestsReason = "too_many_requests";

    private const string PlainText = "text/plain; charset=utf-8";
    private const string LfsJson = "application/vnd.git-lfs+json";

    private const string AccessDenied =
        "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required"
        + " to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped.";

    private static readonly ForwardAuthAnswer Allowed = new(StatusCodes.Status200OK);

    /// <summary>The answer when nothing is known, which is never that something is allowed.</summary>
    public static readonly ForwardAuthAnswer Unavailable =
        new(StatusCodes.Status503ServiceUnavailable, UnavailableReason, "The answer is not known at present. Try again later.");

    /// <summary>The answer to a credential that is none.</summary>
    public static readonly ForwardAuthAnswer NotAuthenticated = new(StatusCodes.Status401Unauthorized, Body: AccessDenied);

    private static readonly ForwardAuthAnswer NotFound = new(
        StatusCodes.Status403Forbidden,
        NotFoundReason,
        "The project you were looking for could not be found or you don't have permission to view it.");

    private static readonly ForwardAuthAnswer LfsNotFound =
        new(StatusCodes.Status403Forbidden, NotFoundReason, Message("Not found."), LfsJson);

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
        { Allowed: true, Reason: DenyReason.None } => Allowed,
        { Allowed: false, Reason: var reason } => To(request, reason, mayDownload: decisions[^1].Allowed),
        _ => Unavailable,
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
        _ => Unavailable,
    };

    /// <summary>The answer to somebody who is banned.</summary>
    public static ForwardAuthAnswer To(Ban ban) => new(
        StatusCodes.Status403Forbidden,
        ban.Status == StatusCodes.Status429TooManyRequests ? TooManyRequestsReason : BannedReason,
        AttemptGuard.Refusal);

    /// <summary>The answer to a request about which nothing is decided.</summary>
    public static ForwardAuthAnswer To(Refusal refusal) => new(StatusCodes.Status403Forbidden, ReasonOf(refusal), TextOf(refusal));

    private static string ReasonOf(Refusal refusal) => refusal switch
    {
        Refusal.UriMissing => "uri_missing",
        Refusal.MethodMissing => "method_missing",
        Refusal.MethodMalformed => "method_malformed",
        Refusal.HeaderRepeated => "header_repeated",
        Refusal.HeadersConflict => "headers_conflict",
        Refusal.UriForm => "uri_form",
        Refusal.UriTooLong => "uri_too_long",
        Refusal.UriCharacter => "uri_character",
        Refusal.UriEscape => "uri_escape",
        Refusal.UriAmbiguous => "uri_ambiguous",
        Refusal.PathNotUnderstood => "path_not_understood",
        Refusal.CommandNotAllowed or Refusal.HeadNotAllowed => "command_not_allowed",
        _ => "refused",
    };

    private static string TextOf(Refusal refusal) => refusal switch
    {
        Refusal.UriMissing =>
            "The original URI is missing: X-Original-URI, X-Original-URL or X-Forwarded-Uri, or a path after the endpoint's own.",
        Refusal.MethodMissing => "The original method is missing: X-Original-Method or X-Forwarded-Method.",
        Refusal.MethodMalformed => "The original method is not an HTTP method.",
        Refusal.HeaderRepeated => "A header that describes the original request was sent more than once.",
        Refusal.HeadersConflict => "The headers that describe the original request disagree.",
        Refusal.UriForm => "The original URI is not a path, or X-Original-URL is not an absolute http or https URL.",
        Refusal.UriTooLong => "The original URI is too long.",
        Refusal.UriCharacter => "The original URI has a character that is not allowed.",
        Refusal.UriEscape => "The original URI has an invalid percent escape.",
        Refusal.UriAmbiguous => "The original URI could mean another path.",
        Refusal.PathNotUnderstood => "Nothing at this path is open to a deploy token.",
        Refusal.CommandNotAllowed => "The command you're trying to execute is not allowed.",
        _ => "",
    };

    private static string Message(string text) => JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = text });
}
