using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>What registry clients are told, in GitLab's words.</summary>
internal static class DockerTokenAnswers
{
    private const string AccessDenied =
        "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required"
        + " to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped.";

    /// <summary>The credential is wrong, dead, or of no use here.</summary>
    public static IResult Unauthorized { get; } = Error(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", AccessDenied);

    /// <summary>The answer is not known.</summary>
    public static IResult Unavailable { get; } =
        Error(StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "The answer is not known at present. Try again later.");

    /// <summary>Whoever asks may not sign in here.</summary>
    public static IResult Denied { get; } = Error(StatusCodes.Status403Forbidden, "DENIED", "access forbidden");

    /// <summary>The installation has no container registry.</summary>
    public static IResult NotEnabled { get; } = Error(StatusCodes.Status404NotFound, "UNAVAILABLE", "registry not enabled");

    /// <summary>Whoever asks is banned; clients show the message.</summary>
    public static IResult To(Ban ban) =>
        Error(ban.Status, ban.Status == StatusCodes.Status429TooManyRequests ? "TOOMANYREQUESTS" : "DENIED", AttemptGuard.Refusal);

    /// <summary>A parameter is beyond its limits.</summary>
    public static IResult BadRequest(string message) => Error(StatusCodes.Status400BadRequest, "BAD_REQUEST", message);

    /// <summary>The answer to a request for a registry's token.</summary>
    public static IResult To(RegistryTokenAnswer answer) => Grant(answer) ?? To(answer.SignIn.Reason);

    /// <summary>The answer to a request for a token of the dependency proxy, whose refusals have a form of their own (reference §3.5).</summary>
    public static IResult ToDependencyProxy(RegistryTokenAnswer answer) => Grant(answer) ?? answer.SignIn.Reason switch
    {
        DenyReason.FeatureDisabled => ServiceError(StatusCodes.Status404NotFound, "dependency proxy not enabled"),
        var reason when IsWrongCredential(reason) => Unauthorized,
        DenyReason.None => Unavailable,
        _ => ServiceError(StatusCodes.Status403Forbidden, "access forbidden"),
    };

    /// <summary>The answer to somebody who may not sign in.</summary>
    public static IResult To(DenyReason reason) => reason switch
    {
        DenyReason.FeatureDisabled => NotEnabled,
        var wrong when IsWrongCredential(wrong) => Unauthorized,
        DenyReason.None => Unavailable,
        _ => Denied,
    };

    private static bool IsWrongCredential(DenyReason reason) => reason is
        DenyReason.CredentialMalformed or DenyReason.CredentialForged or DenyReason.TokenUnknown
        or DenyReason.TokenRevoked or DenyReason.TokenExpired or DenyReason.HolderGone
        or DenyReason.SecretMismatch or DenyReason.UsernameMismatch or DenyReason.ScopesOfNoUseHere;

    /// <summary>The token; null where there is none to give for whatever reason.</summary>
    private static JsonHttpResult<Granted>? Grant(RegistryTokenAnswer answer) =>
        answer is { SignIn: { Allowed: true, Reason: DenyReason.None }, Token: { } token }
            ? TypedResults.Json(new Granted(
                token,
                token,
                answer.LifetimeSeconds,
                answer.IssuedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)))
            : null;

    /// <summary>GitLab puts the status into the body where its registry service refuses, and not where authentication does.</summary>
    private static JsonHttpResult<Refused> Error(int status, string code, string message) => TypedResults.Json(
        new Refused(
            [new RefusedError(code, message)],
            status is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound ? status : null),
        statusCode: status);

    private static JsonHttpResult<RefusedService> ServiceError(int status, string message) =>
        TypedResults.Json(new RefusedService(message, "error", status), statusCode: status);

    private sealed record Granted(
        [property: JsonPropertyName("token")] string Token,
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn,
        [property: JsonPropertyName("issued_at")] string IssuedAt);

    private sealed record Refused(
        [property: JsonPropertyName("errors")] RefusedError[] Errors,
        [property: JsonPropertyName("http_status"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? HttpStatus);

    private sealed record RefusedService(
        [property: JsonPropertyName("message")] string Message,
        [property: JsonPropertyName("status")] string Status,
        [property: JsonPropertyName("http_status")] int HttpStatus);

    private sealed record RefusedError(
        [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);
}
