namespace OrleansTokens.Silo.Hosting;

internal sealed partial class FirstStart
{
    [LoggerMessage(4011, LogLevel.Warning, "The start takes long, and is tried again: {Reason}")]
    private partial void LogTriesAgain(string reason);

    [LoggerMessage(
        4012, LogLevel.Warning,
        "An operator token for the administrator may have been made without being shown, since the start had to be tried again. "
        + "If nobody has one, set Grid:AdminToken.")]
    private partial void LogTokenMayBeUnknown();
}
