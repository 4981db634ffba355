namespace OrleansTokens.Silo.Storage.Sqlite;

internal sealed partial class SqliteWriter
{
    [LoggerMessage(6010, LogLevel.Error, "A group of {Writes} writes failed; outcome: {Outcome}.")]
    private partial void LogGroupFailed(Exception exception, int writes, WriteOutcome outcome);

    [LoggerMessage(6011, LogLevel.Warning, "The writing session of the database could not be closed in order; the log is recovered when the database is next opened.")]
    private partial void LogSessionNotClosed(Exception exception);

    [LoggerMessage(6012, LogLevel.Warning, "The write-ahead log could not be checkpointed; it stays longer than intended for now.")]
    private partial void LogCheckpointFailed(Exception exception);
}
