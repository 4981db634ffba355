namespace OrleansTokens.Silo.Http.GitLabApi;

internal sealed partial class GitLabErrorsMiddleware
{
    // The endpoint's name and not the path: a path may hold what somebody pasted by mistake.
    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "{Endpoint} failed.")]
    private partial void LogFailed(Exception exception, string? endpoint);
}
