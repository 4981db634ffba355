namespace OrleansTokens.Silo.Http.Abuse;

internal sealed partial class EdgeSettings
{
    [LoggerMessage(4501, LogLevel.Warning, "The application settings could not be read.")]
    private partial void LogNotRead(Exception exception);
}
