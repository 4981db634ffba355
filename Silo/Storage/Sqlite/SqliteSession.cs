using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// One connection with the statements prepared on it so far. For one thread at a time. Every statement text comes from a fixed set,
/// so the set of prepared ones is bounded.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Whether a transaction is open. Some failures end it behind the back of the one who began it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Opens the only session that writes.</summary>
    public static SqliteSession OpenWriter(string file, TimeSpan busyTimeout) => Open(file, busyTimeout, "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000");

    /// <summary>Opens a session that is refused every write.</summary>
    public static SqliteSession OpenReader(string file, TimeSpan busyTimeout) =>
        Open(file, busyTimeout, "PRAGMA cache_size=-8192; PRAGMA query_only=ON");

    /// <summary>The statement with these values bound, prepared the first time. Give the same names in the same order every time.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (_commands.TryGetValue(sql, out var command))
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
            }

            return command;
        }

        command = _connection.CreateCommand();
#pragma warning disable CA2100 // The text comes from constants of this namespace; values are always bound.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        command.Prepare();
        _commands.Add(sql, command);
        return command;
    }

    /// <summary>Runs a prepared statement and returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Command(sql, parameters).ExecuteNonQuery();

    /// <summary>The first column of the first row as an integer, or <see langword="null"/> when there is none.</summary>
    public long? Integer(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Command(sql, parameters).ExecuteScalar() as long?;

    /// <summary>Runs statements that are needed once, unprepared.</summary>
    public void ExecuteOnce(string script)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>The single value of a statement that is needed once, as text.</summary>
    public string? TextOnce(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Makes statements fail with SQLITE_INTERRUPT once the token is cancelled. SQLite looks at it every few thousand steps; unlike its
    /// own interrupt, which only strikes what is running at that moment, this misses nothing between two statements.
    /// </summary>
    public void StopWhen(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            raw.sqlite3_progress_handler(Handle, 4000, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        }
        else
        {
            raw.sqlite3_progress_handler(Handle, 0, null, null);
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static SqliteSession Open(string file, TimeSpan busyTimeout, string pragmas)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            ForeignKeys = false,
            // Whole seconds, and zero would mean for ever; SQLite's own waiting, below, comes first.
            DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
        }.ToString());
        var session = new SqliteSession(connection);
        try
        {
            connection.Open();
            // FULL syncs the log in every COMMIT: what is acknowledged survives a power cut. fullfsync is for macOS, where a plain
            // sync does not reach the medium. Temporary data stays out of world-readable directories.
            session.ExecuteOnce(
                $"PRAGMA busy_timeout={(int)busyTimeout.TotalMilliseconds}; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; "
                + "PRAGMA checkpoint_fullfsync=ON; PRAGMA temp_store=MEMORY; " + pragmas);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
