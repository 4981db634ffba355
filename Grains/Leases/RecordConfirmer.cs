using Microsoft.Extensions.Logging;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>A version of a record, and since when it is known to be that at least.</summary>
/// <param name="ETag">The version; null where there is no record.</param>
/// <param name="ReadStart">When the read began that found it.</param>
internal readonly record struct RecordVersion(string? ETag, long ReadStart);

/// <summary>
/// Asks storage for the versions of records, for all grains of a silo together: whatever is asked for while a read is under way goes into
/// the next one.
/// </summary>
internal sealed partial class RecordConfirmer(
    IRecordVersions versions, LeaseClock clock, TimeProvider time, ILogger<RecordConfirmer> logger)
{
    /// <summary>How many reads may be under way at once, so that one that hangs does not hold up all.</summary>
    private const int MaxReads = 4;

    /// <summary>A read that takes longer has failed.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _reads;

    /// <summary>The version of a record, read after the call began.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: it could not be read.</exception>
    public Task<RecordVersion> ReadAsync(StoredRecord record)
    {
        var waiting = new Waiting(record);
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            if (_reads == MaxReads)
            {
                return waiting.Task;
            }

            _reads++;
        }

        _ = Task.Run(RunAsync);
        return waiting.Task;
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await ReadAsync(batch);
        }
    }

    private List<Waiting> Take()
    {
        lock (_lock)
        {
            var batch = new List<Waiting>(Math.Min(_waiting.Count, IRecordVersions.MaxBatch));
            while (batch.Count < IRecordVersions.MaxBatch && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            _reads -= batch.Count == 0 ? 1 : 0;
            return batch;
        }
    }

    private async Task ReadAsync(List<Waiting> batch)
    {
        using var timeout = new CancellationTokenSource(ReadTimeout, time);
        try
        {
            var start = clock.Now;

            // Elsewhere, since storage may read before it returns, and hang there.
            var records = batch.ConvertAll(static w => w.Record);
            var found = await Task.Run(() => versions.ReadVersionsAsync(records, timeout.Token).AsTask(), timeout.Token).WaitAsync(timeout.Token);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].SetResult(new RecordVersion(found[i], start));
            }
        }
        catch (Exception fault)
        {
            LogFailed(batch.Count, fault);
            foreach (var waiting in batch)
            {
                waiting.TrySetException(TokenAuthorityException.Unavailable("It could not be confirmed that what is known is still so."));
            }

            await Task.Delay(AgainAfter, time); // Storage that is away is not to be asked, nor complained about, without a break.
        }
    }

    private sealed class Waiting(StoredRecord record)
        : TaskCompletionSource<RecordVersion>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public StoredRecord Record { get; } = record;
    }
}
