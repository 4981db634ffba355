namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// Whether the database takes writes: as the last one says, and after a failed one as a small write of its own says, so that a disk with
/// room again is noticed although nobody sends anything. At most one such write a second.
/// </summary>
internal sealed class SqliteWriteProbe(SqliteDatabase database, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer waits for the write; whoever asks next hears how it ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;
    private long? _startedAt;

    /// <summary>False where it takes none, or it is not known in time that it does again.</summary>
    public async Task<bool> TakesWritesAsync(CancellationToken cancellation)
    {
        var writer = database.Writer;
        if (!writer.IsFailing)
        {
            return true;
        }

        try
        {
            await Probe(writer).WaitAsync(Patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            return false;
        }

        return !writer.IsFailing;
    }

    private Task Probe(SqliteWriter writer)
    {
        lock (_lock)
        {
            var isDue = _startedAt is not { } startedAt || time.GetElapsedTime(startedAt) >= Interval;
            if (_last.IsCompleted && isDue)
            {
                _startedAt = time.GetTimestamp();
                _last = WriteAsync(writer);
            }

            return _last;
        }
    }

    private static async Task WriteAsync(SqliteWriter writer)
    {
        try
        {
            await writer.WriteAsync(SqliteSchema.Mark, 0, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageWriteException)
        {
            // The writer knows, and has logged it.
            return;
        }
    }
}
