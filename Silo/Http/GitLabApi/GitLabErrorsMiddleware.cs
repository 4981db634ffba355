using OrleansTokens.Errors;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Gives every failure below <c>/api/v4</c> a JSON body in GitLab's shape and no detail: faults, unknown routes, and methods
/// that a route does not have.</summary>
internal sealed partial class GitLabErrorsMiddleware(RequestDelegate next, ILogger<GitLabErrorsMiddleware> logger)
{
    private const int ClientClosedRequest = 499;
    private static readonly PathString Prefix = new(OperationEndpoint.Prefix);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Prefix))
        {
            await next(context);
            return;
        }

        var outcome = await RunAsync(context);
        if (outcome is not null && !context.Response.HasStarted)
        {
            await outcome.ExecuteAsync(context);
        }
    }

    /// <summary>The answer to give instead of what the rest of the pipeline left, or null to keep that.</summary>
    private async Task<IResult?> RunAsync(HttpContext context)
    {
        try
        {
            await next(context);
            return Unanswered(context.Response);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer; the status is for the logs.
            return TypedResults.StatusCode(ClientClosedRequest);
        }
        catch (BadHttpRequestException e)
        {
            // Raised by the server while the body is read: too slow, too large, or badly framed.
            return GitLabErrors.Message(e.StatusCode, $"{e.StatusCode} Bad request");
        }
        catch (TokenAuthorityException e) when (e.Code is not (ErrorCode.Unavailable or ErrorCode.None) && !context.Response.HasStarted)
        {
            return GitLabFaults.Answer(e);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(e, context.GetEndpoint()?.DisplayName);
            context.Response.Clear();
            return e is TokenAuthorityException ? GitLabErrors.Unavailable : GitLabErrors.Internal;
        }
    }

    private static IResult? Unanswered(HttpResponse response) => response switch
    {
        { HasStarted: true } or { ContentType: not null } or { ContentLength: > 0 } => null,
        { StatusCode: StatusCodes.Status404NotFound } => GitLabErrors.UnknownRoute,
        { StatusCode: StatusCodes.Status405MethodNotAllowed } => GitLabErrors.MethodNotAllowed,
        _ => null,
    };
}
