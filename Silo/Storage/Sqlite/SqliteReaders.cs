using System.Collections.Concurrent;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// A bounded pool of reading sessions. A read neither waits for the writer nor holds it up, and sees everything that was committed
/// when it started. It runs on the caller's thread: a record that is cached is read in microseconds.
/// </summary>
internal sealed class SqliteReaders(int size, Func<SqliteSession> openSession) : IAsyncDisposable
{
    private readonly SemaphoreSlim _permits = new(size, size);
    private readonly ConcurrentStack<SqliteSession> _idle = new();
    private volatile bool _closed;

    /// <summary>Runs the function with a session of its own. The function must read to the end, so that no snapshot stays open.</summary>
    public async Task<T> ReadAsync<TArgument, T>(
        Func<SqliteSession, TArgument, T> read, TArgument argument, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_idle.TryPop(out var session))
            {
                session = openSession();
            }

            return Read(session, read, argument);
        }
        finally
        {
            _permits.Release();
        }
    }

    /// <summary>Waits for the reads under way and closes every session.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        for (var i = 0; i < size; i++)
        {
            await _permits.WaitAsync().ConfigureAwait(false);
        }

        while (_idle.TryPop(out var session))
        {
            session.Dispose();
        }

        // Those who come late find the pool closed.
        _permits.Release(size);
    }

    private T Read<TArgument, T>(SqliteSession session, Func<SqliteSession, TArgument, T> read, TArgument argument)
    {
        var isSound = false;
        try
        {
            var result = read(session, argument);
            isSound = true;
            return result;
        }
        finally
        {
            // After a failure the session may hold an open transaction or stale pages; a new one is cheap.
            if (isSound)
            {
                _idle.Push(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }
}
