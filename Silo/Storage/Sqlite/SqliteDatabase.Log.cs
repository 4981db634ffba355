namespace OrleansTokens.Silo.Storage.Sqlite;

internal sealed partial class SqliteDatabase
{
    [LoggerMessage(6000, LogLevel.Information, "The database in {Directory} is open.")]
    private partial void LogOpened(string directory);

    [LoggerMessage(6001, LogLevel.Information, "The database was migrated from schema version {From} to {To}.")]
    private partial void LogMigrated(int from, int to);

    [LoggerMessage(6002, LogLevel.Information, "The database in {Directory} is closed.")]
    private partial void LogClosed(string directory);
}
