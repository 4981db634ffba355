namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>The database cannot be used at all, for a reason that its message tells an administrator how to remove.</summary>
public sealed class SqliteOpenException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SqliteOpenException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
