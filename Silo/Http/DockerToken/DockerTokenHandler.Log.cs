namespace OrleansTokens.Silo.Http.DockerToken;

internal sealed partial class DockerTokenHandler
{
    [LoggerMessage(4201, LogLevel.Error, "A registry client's request for a token could not be decided; it was answered as unavailable.")]
    private partial void LogFailed(Exception exception);
}
