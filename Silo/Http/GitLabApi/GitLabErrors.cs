using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Refusals in GitLab's two shapes: <c>error</c> for what is wrong with parameters and routes, <c>message</c> for all else.
/// The texts are what clients show and scripts match.</summary>
internal static class GitLabErrors
{
    public static IResult Unauthorized { get; } = Message(StatusCodes.Status401Unauthorized, "401 Unauthorized");

    public static IResult Forbidden { get; } = Message(StatusCodes.Status403Forbidden, "403 Forbidden");

    public static IResult ProjectNotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Project Not Found");

    public static IResult GroupNotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Group Not Found");

    /// <summary>For what is looked up below a group or project: GitLab writes this one with a small f.</summary>
    public static IResult NotFound { get; } = Message(StatusCodes.Status404NotFound, "404 Not found");

    public static IResult MovedProject { get; } = Message(
        StatusCodes.Status405MethodNotAllowed, "Non GET methods are not allowed for moved projects");

    public static IResult MovedGroup { get; } = Message(
        StatusCodes.Status405MethodNotAllowed, "Non GET methods are not allowed for moved groups");

    public static IResult UnknownRoute { get; } = Error(StatusCodes.Status404NotFound, "404 Not Found");

    public static IResult MethodNotAllowed { get; } = Error(StatusCodes.Status405MethodNotAllowed, "405 Not Allowed");

    public static IResult Internal { get; } = Message(StatusCodes.Status500InternalServerError, "500 Internal Server Error");

    /// <summary>A fault of the authority itself: the caller may try again.</summary>
    public static IResult Unavailable { get; } = Message(StatusCodes.Status503ServiceUnavailable, "503 Service Unavailable");

    /// <summary>The operator's credential does not reach as far as the operator does.</summary>
    public static IResult InsufficientScope(string scope) => Json(
        StatusCodes.Status403Forbidden,
        new ScopeErrorBody(
            "insufficient_scope", "The request requires higher privileges than provided by the access token.", scope),
        GitLabJson.Web.ScopeErrorBody);

    /// <summary>Parameters were refused.</summary>
    public static IResult BadParameters(string complaints) => Error(StatusCodes.Status400BadRequest, complaints);

    /// <summary>The request could not be read at all.</summary>
    public static IResult Unreadable(ParameterFault fault) => fault.Status == StatusCodes.Status413PayloadTooLarge
        ? Message(fault.Status, fault.Text)
        : Error(fault.Status, fault.Text);

    public static IResult Error(int status, string text) => Json(status, new ErrorBody(text), GitLabJson.Web.ErrorBody);

    public static IResult Message(int status, string text) => Json(status, new MessageBody(text), GitLabJson.Web.MessageBody);

    private static JsonHttpResult<T> Json<T>(int status, T body, JsonTypeInfo<T> type) =>
        TypedResults.Json(body, type, "application/json", status);
}

/// <summary>What is wrong with the request's parameters or route.</summary>
internal sealed record ErrorBody(string Error);

/// <summary>Why the request was refused or failed, or what was done.</summary>
internal sealed record MessageBody(string Message);

/// <summary>RFC 6750's answer to a credential of too little scope.</summary>
internal sealed record ScopeErrorBody(string Error, string ErrorDescription, string Scope);
