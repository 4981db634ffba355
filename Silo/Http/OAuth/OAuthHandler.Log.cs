namespace OrleansTokens.Silo.Http.OAuth;

internal sealed partial class OAuthHandler
{
    [LoggerMessage(4301, LogLevel.Error, "A request to an OAuth endpoint could not be carried out; it was answered as unavailable.")]
    private partial void LogFailed(Exception exception);
}
