namespace OrleansTokens.Silo.Http.Abuse;

internal sealed partial class UnreadableSources
{
    [LoggerMessage(
        4512, LogLevel.Warning,
        "A trusted proxy reported a client in X-Forwarded-For whose address cannot be read. Failed attempts of such clients do not count.")]
    private partial void LogUnreadable();
}
