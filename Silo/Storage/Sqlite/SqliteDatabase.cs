using Microsoft.Extensions.Options;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// The embedded database: one file in a directory that belongs to this process, one writer, many readers. It is opened before the silo
/// does anything else and closed after everything else; what a killed process left behind is recovered by opening it again.
/// </summary>
internal sealed partial class SqliteDatabase(IOptions<SqliteStorageOptions> options, ILogger<SqliteDatabase> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable, IDisposable
{
    private readonly SqliteStorageOptions _options = options.Value;
    private Opened? _opened;

    /// <summary>The writer; only while the database is open.</summary>
    public SqliteWriter Writer => Current.Writer;

    /// <summary>Readers of grain records.</summary>
    public SqliteReaders Readers => Current.Readers;

    /// <summary>Readers of the index, whose queries may take long.</summary>
    public SqliteReaders IndexReaders => Current.IndexReaders;

    private Opened Current => Volatile.Read(ref _opened) ?? throw new InvalidOperationException("The database is not open.");

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(SqliteDatabase),
        ServiceLifecycleStage.First,
        _ =>
        {
            Open();
            return Task.CompletedTask;
        },
        _ => DisposeAsync().AsTask());

    /// <summary>Takes the directory, recovers and migrates the database, and starts the writer.</summary>
    /// <exception cref="SqliteOpenException">The database cannot be used; the message says why.</exception>
    public void Open()
    {
        if (_opened is not null)
        {
            return;
        }

        var directory = DataDirectory.Acquire(_options.DataDirectory);
        try
        {
            var session = OpenWriterSession(directory.DatabaseFile);
            Volatile.Write(ref _opened, new Opened(directory, session, _options, logger));
            LogOpened(directory.Path);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Finishes queued writes and reads under way, closes the file, and gives the directory up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _opened, null) is { } opened)
        {
            await opened.DisposeAsync();
            LogClosed(opened.Directory.Path);
        }
    }

    /// <summary>For hosts that are disposed of synchronously. After an orderly stop there is nothing left to wait for.</summary>
    public void Dispose() => DisposeAsync().AsTask().Wait();

    private SqliteSession OpenWriterSession(string file)
    {
        var session = SqliteSession.OpenWriter(file, _options.BusyTimeout);
        try
        {
            var version = SqliteSchema.ReadVersion(session, file, SqliteSchema.Migrations.Count);
            RequireWriteAheadLog(session, file);
            var applied = SqliteSchema.Migrate(session, version, SqliteSchema.Migrations);
            if (applied > 0)
            {
                LogMigrated(version, version + applied);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void RequireWriteAheadLog(SqliteSession session, string file)
    {
        var mode = session.TextOnce("PRAGMA journal_mode=WAL");
        if (mode != "wal")
        {
            throw new SqliteOpenException($"'{file}' cannot use a write-ahead log (journal mode is '{mode}'). Put it on a local disk.");
        }
    }

    private sealed class Opened : IAsyncDisposable
    {
        public Opened(DataDirectory directory, SqliteSession session, SqliteStorageOptions options, ILogger logger)
        {
            Directory = directory;
            var file = directory.DatabaseFile;
            Writer = new SqliteWriter(
                session,
                () => SqliteSession.OpenWriter(file, options.BusyTimeout),
                new SqliteLogKeeper(directory.LogFile, options.MaxLogBytes),
                logger);
            Readers = new SqliteReaders(options.ReadConnections, () => SqliteSession.OpenReader(file, options.BusyTimeout));
            IndexReaders = new SqliteReaders(options.IndexReadConnections, () => SqliteSession.OpenReader(file, options.BusyTimeout));
        }

        public DataDirectory Directory { get; }

        public SqliteWriter Writer { get; }

        public SqliteReaders Readers { get; }

        public SqliteReaders IndexReaders { get; }

        public async ValueTask DisposeAsync()
        {
            await Readers.DisposeAsync();
            await IndexReaders.DisposeAsync();
            // Last, because the last connection folds the log into the database as it closes.
            await Writer.DisposeAsync();
            Directory.Dispose();
        }
    }
}
