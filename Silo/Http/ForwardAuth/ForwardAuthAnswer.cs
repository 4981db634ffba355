using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// The whole answer to a proxy. nginx passes 2xx, 401 and 403 on and makes an error of everything else, so what is not there is 403
/// with a reason, and only a fault is anything else: it becomes an error at the proxy, which is what it is.
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

    /// <summary>The value of <see cref="ReasonHeader"/> for a project or group that is not there, or not for this client.</summary>
    public const string NotFoundReason = "not_found";

    /// <summary>The value of <see cref="ReasonHeader"/> for a fault.</summary>
    public const string UnavailableReason = "unavailable";

    /// <summary>The value of <see cref="ReasonHeader"/> for a source that is banned.</summary>
    public const string BannedReason = "banned";

    /// <summary>The same, where 429 is set as the status of the banned: the proxy has to turn it into that.</summary>
    public const string TooManyRequestsReason = "too_many_requests";

    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The answer when nothing is known, which is never that something is allowed.</summary>
    public static readonly ForwardAuthAnswer Unavailable =
        new(StatusCodes.Status503ServiceUnavailable, UnavailableReason, "The answer is not known at present. Try again later.");

    /// <summary>What a 401 asks for; null for every other status.</summary>
    public string? Challenge { get; private init; }

    /// <summary>What was decided, where it is allowed: who asks and where, for the proxy; null for every other status.</summary>
    public Decision? Granted { get; private init; }

    /// <summary>The seconds after which to try again; null where that would not help.</summary>
    public long? RetryAfterSeconds { get; private init; }

    /// <summary>Lets the client in.</summary>
    /// <param name="decision">What allows it. One that does not is a fault.</param>
    public static ForwardAuthAnswer Allow(Decision decision) => decision is { Allowed: true, Reason: DenyReason.None }
        ? new(StatusCodes.Status200OK) { Granted = decision }
        : Unavailable;

    /// <summary>Asks for another credential.</summary>
    public static ForwardAuthAnswer Ask(string challenge, string body, string contentType = PlainText) =>
        new(StatusCodes.Status401Unauthorized, Body: body, ContentType: contentType) { Challenge = challenge };

    /// <summary>The answer to somebody who is banned.</summary>
    public static ForwardAuthAnswer To(Ban ban) => new(
        StatusCodes.Status403Forbidden,
        ban.Status == StatusCodes.Status429TooManyRequests ? TooManyRequestsReason : BannedReason,
        AttemptGuard.Refusal)
    {
        RetryAfterSeconds = ban.RetryAfterSeconds,
    };

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
        Refusal.ServiceUnknown => "service_unknown",
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
        Refusal.ServiceUnknown => "X-Auth-Service is neither the registry's service nor dependency_proxy.",
        Refusal.CommandNotAllowed => "The command you're trying to execute is not allowed.",
        _ => "",
    };
}
