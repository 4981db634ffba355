namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// Keeps the write-ahead log from growing for ever. Ordinarily SQLite copies the log into the database every thousand pages and starts
/// it again, but it can only start again in a moment without readers; where there is none, this makes one.
/// </summary>
internal sealed class SqliteLogKeeper(string logFile, long maxBytes)
{
    private long? _nextAttempt;

    /// <summary>Empties the log if it has grown beyond its limit. Readers that come meanwhile are not held up.</summary>
    public void KeepShort(SqliteSession session)
    {
        if (new FileInfo(logFile) is not { Exists: true } log || log.Length <= (_nextAttempt ?? maxBytes))
        {
            return;
        }

        session.ExecuteOnce("PRAGMA wal_checkpoint(TRUNCATE)");
        log.Refresh();
        // A reader that does not end makes the attempt wait and fail: leave room before the next one, or it would slow every group.
        _nextAttempt = Math.Max(maxBytes, log.Length + (maxBytes / 4));
    }
}
