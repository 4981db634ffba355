using System.Threading.Channels;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// The only writer of the database. Writes queue up while a transaction is being made durable, and all that is waiting then goes into
/// the next one: one sync of the disk serves up to <see cref="MaxGroupWrites"/> callers. Each caller hears of success only after the
/// COMMIT of its group has returned. A write that fails by itself is undone and fails alone; a failure of the transaction fails the
/// whole group, and the next group starts afresh.
/// </summary>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    /// <summary>Bounds the time in which a commit holds up the next one.</summary>
    public const int MaxGroupWrites = 512;

    /// <summary>Bounds the memory of a transaction; a single larger write makes a group of its own.</summary>
    private const long MaxGroupBytes = 16 << 20;

    /// <summary>Beyond this many, callers wait before they are queued.</summary>
    public const int QueueLength = 8192;

    private readonly Func<SqliteSession> _openSession;
    private readonly SqliteLogKeeper _log;
    private readonly ILogger _logger;
    private readonly Channel<SqliteWrite> _queue = Channel.CreateBounded<SqliteWrite>(
        new BoundedChannelOptions(QueueLength)
        {
            SingleReader = true,
            // Otherwise waking the writer would wait for a thread of the pool, which may be busy. What runs synchronously in the
            // other direction is only WriteAsync below, up to its next await.
            AllowSynchronousContinuations = true,
        });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteSession? _session;
    private long _committedGroups;
    private volatile bool _isFailing;

    /// <summary>Starts to write with the given session, and with new ones from the factory after a failed transaction.</summary>
    public SqliteWriter(SqliteSession session, Func<SqliteSession> openSession, SqliteLogKeeper log, ILogger logger)
    {
        _session = session;
        _openSession = openSession;
        _log = log;
        _logger = logger;
        new Thread(Run) { IsBackground = true, Name = "sqlite-writer" }.Start();
    }

    /// <summary>How many transactions were committed.</summary>
    public long CommittedGroups => Volatile.Read(ref _committedGroups);

    /// <summary>Whether the last transaction failed. A write that was refused alone says nothing about the others.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>
    /// Runs the function in a transaction and returns its result once that is durable. The function runs on the writer's thread,
    /// must not wait for anything, and either changes what it is meant to change or throws: a refusal is a result.
    /// </summary>
    /// <exception cref="StorageWriteException">The write failed; the exception says what is known about it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while still waiting its turn; nothing was written.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> apply, int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var write = new SqliteWrite<T>(apply, bytes);
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((SqliteWrite)state!).TryCancel(token), write);
        if (!_queue.Writer.TryWrite(write))
        {
            try
            {
                await _queue.Writer.WriteAsync(write, cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException e)
            {
                throw new StorageWriteException(WriteOutcome.NotWritten, "The database is closed.", e);
            }
        }

        return await write.Answer.ConfigureAwait(false);
    }

    /// <summary>Takes no more writes, finishes those already queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        var group = new List<SqliteWrite>(MaxGroupWrites);
        while (WaitForWrites())
        {
            Fill(group);
            if (group.Count > 0)
            {
                Process(group);
                group.Clear();
            }
        }

        CloseSession();
        _ended.SetResult();
    }

    private bool WaitForWrites()
    {
        // This thread exists to wait: here for work, in COMMIT for the disk.
        var wait = _queue.Reader.WaitToReadAsync();
        return wait.IsCompletedSuccessfully ? wait.Result : wait.AsTask().Result;
    }

    private void Fill(List<SqliteWrite> group)
    {
        long bytes = 0;
        while (group.Count < MaxGroupWrites && _queue.Reader.TryPeek(out var next)
            && (group.Count == 0 || bytes + next.Bytes <= MaxGroupBytes) && _queue.Reader.TryRead(out next))
        {
            if (next.TryTake())
            {
                group.Add(next);
                bytes += next.Bytes;
            }
        }
    }

    private void Process(List<SqliteWrite> group)
    {
        var outcome = WriteOutcome.NotWritten;
        try
        {
            var session = _session ??= _openSession();
            session.Execute("BEGIN IMMEDIATE");
            foreach (var write in group)
            {
                Apply(session, write);
            }

            outcome = WriteOutcome.Unknown;
            Commit(session, ref outcome);
            Interlocked.Increment(ref _committedGroups);
            _isFailing = false;
            foreach (var write in group)
            {
                write.Acknowledge();
            }
        }
        catch (Exception e)
        {
            FailGroup(group, outcome, e);
            return;
        }

        try
        {
            _log.KeepShort(_session);
        }
        catch (Exception e)
        {
            // The group is durable, and the log is only longer than it should be: the next group tries again.
            LogCheckpointFailed(e);
        }
    }

    private static void Apply(SqliteSession session, SqliteWrite write)
    {
        session.Execute("SAVEPOINT one_write");
        try
        {
            write.Apply(session);
        }
        catch (Exception e) when (SqliteFailure.IsOfOneWrite(e) && session.InTransaction)
        {
            session.Execute("ROLLBACK TO one_write");
            write.Fail(new StorageWriteException(WriteOutcome.NotWritten, $"The write was refused: {e.Message}", e));
        }

        session.Execute("RELEASE one_write");
    }

    private static void Commit(SqliteSession session, ref WriteOutcome outcome)
    {
        try
        {
            session.Execute("COMMIT");
        }
        catch (Exception e)
        {
            outcome = SqliteFailure.OfCommit(e);
            throw;
        }
    }

    /// <summary>
    /// The session is given up with the transaction: closing it rolls back what is open, and a new one trusts nothing that the
    /// failure may have left in memory.
    /// </summary>
    private void FailGroup(List<SqliteWrite> group, WriteOutcome outcome, Exception cause)
    {
        _isFailing = true;
        LogGroupFailed(cause, group.Count, outcome);
        CloseSession();
        var message = outcome == WriteOutcome.NotWritten
            ? $"The database could not take the write, and nothing of it is stored: {cause.Message}"
            : $"The database failed while the write was being made durable, and whether it is stored is unknown: {cause.Message}";
        foreach (var write in group.Where(write => !write.IsAnswered))
        {
            write.Fail(new StorageWriteException(outcome, message, cause));
        }
    }

    private void CloseSession()
    {
        try
        {
            _session?.Dispose();
        }
        catch (Exception e)
        {
            LogSessionNotClosed(e);
        }

        _session = null;
    }
}
