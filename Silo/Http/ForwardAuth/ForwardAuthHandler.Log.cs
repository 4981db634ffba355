namespace OrleansTokens.Silo.Http.ForwardAuth;

internal sealed partial class ForwardAuthHandler
{
    [LoggerMessage(4101, LogLevel.Error, "A request of a proxy could not be decided; it was answered as unavailable.")]
    private partial void LogFailed(Exception exception);
}
