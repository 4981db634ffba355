using System.Text.Json.Serialization;
using OrleansTokens.Errors;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Refusals in GitLab's two shapes: <c>error</c> for what is wrong with parameters and routes, <c>message</c> for all else.
/// The texts are what clients show and scripts match.</summary>
internal static class GitLabErrors
{
    public static IResult Unauthorized { get; } = Message(StatusCodes.Status401Unauthorized, "401 Unauthorized");

    /// <summary>The credential was good once: its holder is told what has become of it.</summary>
    public static IResult RevokedToken { get; } = new TokenError(
        StatusCodes.Status401Unauthorized, "invalid_token", "Token was revoked. You have to re-authorize from the user.");

    public static IResult ExpiredToken { get; } = new TokenError(
        StatusCodes.Status401Unauthorized, "invalid_token", "Token is expired. You can either do re-authorization or token refresh.");

    public static IResult InsufficientScope { get; } = new TokenError(
        StatusCodes.Status403Forbidden,
        "insufficient_scope",
        "The request requires higher privileges than provided by the access token.",
        "api");

    /// <summary>No operator token has the scope that acting as another operator needs.</summary>
    public static IResult SudoScopeMissing { get; } = new TokenError(
        StatusCodes.Status403Forbidden,
        "insufficient_scope",
        "The request requires higher privileges than provided by the access token.",
        OperatorAuthenticator.SudoParameter);

    public static IResult SudoForbidden { get; } = Message(StatusCodes.Status403Forbidden, "403 Forbidden - Must be admin to use sudo");

    public static IResult Blocked { get; } = Message(StatusCodes.Status403Forbidden, "403 Forbidden - Your account has been blocked.");

    public static IResult UserNotFound { get; } = Message(StatusCodes.Status404NotFound, "404 User Not Found");

    public static IResult Forbidden { get; } = Message(StatusCodes.Status403Forbidden, "403 Forbidden");

    public static IResult ProjectNotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Project Not Found");

    public static IResult GroupNotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Group Not Found");

    /// <summary>For what is looked up below a group or project: GitLab writes this one with a small f.</summary>
    public static IResult NotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Not found");

    public static IResult MovedProject { get; } = Message(
        StatusCodes.Status405MethodNotAllowed, "Non GET methods are not allowed for moved projects");

    public static IResult MovedGroup { get; } = Message(
        StatusCodes.Status405MethodNotAllowed, "Non GET methods are not allowed for moved groups");

    public static IResult NamespaceNotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Namespace Not Found");

    /// <summary>No token has the secret that was shown.</summary>
    public static IResult SecretNotFound { get; } = GitLabJson.Result(
        StatusCodes.Status404NotFound, new NestedErrorBody(new ErrorBody("Not found")));

    public static IResult UnsupportedTokenType { get; } = Message(
        StatusCodes.Status422UnprocessableEntity, "Token type not supported.");

    public static IResult UnknownRoute { get; } = Error(StatusCodes.Status404NotFound, "404 Not Found");

    public static IResult MethodNotAllowed { get; } = Error(StatusCodes.Status405MethodNotAllowed, "405 Not Allowed");

    public static IResult Internal { get; } = Message(StatusCodes.Status500InternalServerError, "500 Internal Server Error");

    /// <summary>A fault of the authority itself: the caller may try again.</summary>
    public static IResult Unavailable { get; } = Message(StatusCodes.Status503ServiceUnavailable, "503 Service Unavailable");

    /// <summary>Deletion is under way, or done.</summary>
    public static IResult Accepted { get; } = Message(StatusCodes.Status202Accepted, "202 Accepted");

    /// <summary>Parameters were refused.</summary>
    public static IResult BadParameters(string complaints) => Error(StatusCodes.Status400BadRequest, complaints);

    /// <summary>The request could not be read at all.</summary>
    public static IResult Unreadable(ParameterFault fault) => fault.Status is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests
        ? Message(fault.Status, fault.Text)
        : Error(fault.Status, fault.Text);

    /// <summary>What is wrong with fields, in the shape of GitLab's model errors: <c>{"message":{"path":["has already been taken"]}}</c>.</summary>
    public static IResult Fields(IEnumerable<ArgumentFault> faults) => GitLabJson.Result(
        StatusCodes.Status400BadRequest,
        new FieldErrorsBody(faults.GroupBy(fault => fault.Field, StringComparer.Ordinal).ToDictionary(
            field => field.Key, IReadOnlyList<string> (field) => [.. field.Select(fault => fault.Message)], StringComparer.Ordinal)));

    /// <inheritdoc cref="Fields"/>
    public static IResult Field(string field, string complaint) => Fields([new ArgumentFault(field, complaint)]);

    /// <summary>What is wrong with fields, as deploy tokens say it: <c>{"message":"Scopes can't be blank"}</c>, several as Rails joins them.</summary>
    public static IResult Sentence(IEnumerable<ArgumentFault> faults)
    {
        string[] parts = [.. faults.Select(fault =>
            string.Concat(fault.Field[..1].ToUpperInvariant(), fault.Field.AsSpan(1)).Replace('_', ' ') + ' ' + fault.Message)];
        return Message(StatusCodes.Status400BadRequest, parts switch
        {
            [var only] => only,
            [var first, var second] => $"{first} and {second}",
            _ => $"{string.Join(", ", parts[..^1])}, and {parts[^1]}",
        });
    }

    public static IResult Error(int status, string text) => GitLabJson.Result(status, new ErrorBody(text));

    public static IResult Message(int status, string text) => GitLabJson.Result(status, new MessageBody(text));
}

/// <summary>What is wrong with the request's parameters or route.</summary>
internal sealed record ErrorBody(string Error);

/// <summary>Why the request was refused or failed, or what was done.</summary>
internal sealed record MessageBody(string Message);

/// <summary>An error within a message, as GitLab's token information has it.</summary>
internal sealed record NestedErrorBody(ErrorBody Message);

/// <summary>What is wrong with fields, by name.</summary>
internal sealed record FieldErrorsBody(IReadOnlyDictionary<string, IReadOnlyList<string>> Message);

/// <summary>Why an operator token does not suffice, as RFC 6750 says it.</summary>
internal sealed record TokenErrorBody(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string ErrorDescription,
    [property: JsonPropertyName("scope"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Scope);

/// <summary>A refusal of an operator token, with its challenge where another token would help.</summary>
internal sealed class TokenError(int status, string error, string description, string? scope = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            httpContext.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"Protected by OAuth 2.0\", error=\"{error}\", error_description=\"{description}\"";
        }

        return GitLabJson.Result(status, new TokenErrorBody(error, description, scope)).ExecuteAsync(httpContext);
    }
}
