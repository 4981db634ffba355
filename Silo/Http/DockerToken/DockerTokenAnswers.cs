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

    /// <summary>Whoever asks is banned; clients show the message.</summary>
    public static IResult To(Ban ban) =>
        Error(ban.Status, ban.Status == StatusCodes.Status429TooManyRequests ? "TOOMANYREQUESTS" : "DENIED", AttemptGuard.Refusal);

    /// <summary>A parameter is beyond its limits.</summary>
    public static IResult BadRequest(string message) => Error(StatusCodes.Status400BadRequest, "BAD_REQUEST", message);

    /// <summary>The answer to a request for a token.</summary>
    public static IResult To(RegistryTokenAnswer answer) => answer switch
    {
        { SignIn: { Allowed: true, Reason: DenyReason.None }, Token: { } token } => TypedResults.Json(new Granted(
            token,
            token,
            answer.LifetimeSeconds,
            answer.IssuedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))),
        { SignIn.Allowed: false } => To(answer.SignIn.Reason),
        _ => Unavailable,
    };

    /// <summary>The answer to somebody who may not sign in.</summary>
    public static IResult To(DenyReason reason) => reason switch
    {
        DenyReason.CredentialMalformed or DenyReason.CredentialForged or DenyReason.TokenUnknown => Unauthorized,
        DenyReason.TokenRevoked or DenyReason.TokenExpired or DenyReason.HolderGone => Unauthorized,
        DenyReason.SecretMismatch or DenyReason.UsernameMismatch or DenyReason.ScopesOfNoUseHere => Unauthorized,
        DenyReason.None => Unavailable,
        _ => Denied,
    };

    private static JsonHttpResult<Refused> Error(int status, string code, string message) => TypedResults.Json(
        new Refused([new RefusedError(code, message)], status == StatusCodes.Status403Forbidden ? status : null), statusCode: status);

    private sealed record Granted(
        [property: JsonPropertyName("token")] string Token,
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn,
        [property: JsonPropertyName("issued_at")] string IssuedAt);

    private sealed record Refused(
        [property: JsonPropertyName("errors")] RefusedError[] Errors,
        [property: JsonPropertyName("http_status"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? HttpStatus);

    private sealed record RefusedError(
        [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);
}
