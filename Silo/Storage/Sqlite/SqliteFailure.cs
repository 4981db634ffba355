using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>What a failure inside a group means for the write it struck, for the others of the group, and for what is stored.</summary>
internal static class SqliteFailure
{
    /// <summary>
    /// Whether the failure is the fault of this write alone, so that undoing it leaves the group sound. A full disk, an I/O error,
    /// damage and the like are not: SQLite advises to give up the transaction then.
    /// </summary>
    public static bool IsOfOneWrite(Exception exception) =>
        exception is not SqliteException sqlite
        || sqlite.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>
    /// What a failed COMMIT leaves. Only these errors come before the first byte reaches the log. After any other, the end of the
    /// transaction may be in the log although it is not visible now: a restart before the next commit overwrites it would bring it back.
    /// </summary>
    public static WriteOutcome OfCommit(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_CONSTRAINT }
            ? WriteOutcome.NotWritten
            : WriteOutcome.Unknown;
}
