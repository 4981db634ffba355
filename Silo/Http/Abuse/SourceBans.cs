using System.Collections.Concurrent;
using System.Net;
using OrleansTokens.Settings;

namespace OrleansTokens.Silo.Http.Abuse;

/// <summary>
/// Counts failures by source, and remembers who is banned. However many sources there are, it takes no more memory than for its
/// maximums. Safe for any number of threads; who never failed is looked up without a lock.
/// </summary>
/// <remarks>
/// What is dropped when a table is full: of counters the one begun first, of bans the one that ends first. Counters and bans do not
/// displace each other, so a ban is worked off only by as many new bans as there is room for, each of which costs its source all its
/// failures; and whoever controls that many sources could have used their failures for guessing.
/// </remarks>
internal sealed class SourceBans(TimeProvider time, int maxCounted = SourceBans.MaxSources, int maxBanned = SourceBans.MaxSources)
{
    /// <summary>Sources in each table: 65,536, about 10 MB when both are full.</summary>
    public const int MaxSources = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<IPAddress, LinkedListNode<Counter>> _counters = new();
    private readonly LinkedList<Counter> _countersByBegin = [];
    private readonly ConcurrentDictionary<IPAddress, long> _banEnds = new();
    private readonly PriorityQueue<IPAddress, long> _bansByEnd = new();
    private int _counted;
    private int _banned;

    /// <summary>How many sources are counted.</summary>
    public int Counted => Volatile.Read(ref _counted);

    /// <summary>How many bans are kept, those included that have ended and were not yet dropped.</summary>
    public int Banned => Volatile.Read(ref _banned);

    /// <summary>How much longer a source is banned; null where it is not.</summary>
    public TimeSpan? RemainingOf(IPAddress source)
    {
        if (Banned == 0 || !_banEnds.TryGetValue(source, out var end))
        {
            return null;
        }

        var remaining = time.GetElapsedTime(time.GetTimestamp(), end);
        return remaining > TimeSpan.Zero ? remaining : null;
    }

    /// <summary>Counts a failure. True where it leads to a ban.</summary>
    public bool Fail(IPAddress source, FailureBanSettings settings)
    {
        lock (_lock)
        {
            if (RemainingOf(source) is not null)
            {
                return false; // Judged before the ban, answered after it.
            }

            var now = time.GetTimestamp();
            DropEndedCounters(now, settings);
            var failures = Count(source, now);
            if (failures < settings.MaxRetry)
            {
                return false;
            }

            Forget(source);
            Ban(source, now, TimeSpan.FromSeconds(settings.BanTimeSeconds));
            return true;
        }
    }

    /// <summary>Forgets the failures of a source. A ban stays.</summary>
    public void Succeed(IPAddress source)
    {
        if (Counted == 0 || !_counters.ContainsKey(source))
        {
            return;
        }

        lock (_lock)
        {
            Forget(source);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _counters.Clear();
            _countersByBegin.Clear();
            _banEnds.Clear();
            _bansByEnd.Clear();
            _counted = _banned = 0;
        }
    }

    private int Count(IPAddress source, long now)
    {
        if (!_counters.TryGetValue(source, out var node))
        {
            if (_counted == maxCounted)
            {
                Forget(_countersByBegin.First!.Value.Source);
            }

            node = _countersByBegin.AddLast(new Counter(source, now));
            _counters[source] = node;
            _counted++;
        }

        return ++node.Value.Failures;
    }

    /// <summary>Those that count no longer, the source's own among them; the first that does ends it, since they stand in order.</summary>
    private void DropEndedCounters(long now, FailureBanSettings settings)
    {
        var window = TimeSpan.FromSeconds(settings.FindTimeSeconds);
        while (_countersByBegin.First is { } first && time.GetElapsedTime(first.Value.BegunAt, now) >= window)
        {
            Forget(first.Value.Source);
        }
    }

    private void Forget(IPAddress source)
    {
        if (_counters.TryRemove(source, out var node))
        {
            _countersByBegin.Remove(node);
            _counted--;
        }
    }

    private void Ban(IPAddress source, long now, TimeSpan length)
    {
        while (_bansByEnd.TryPeek(out var first, out var end) && (end <= now || _banned == maxBanned))
        {
            _bansByEnd.Dequeue();
            _banEnds.TryRemove(first, out _);
            _banned--;
        }

        var until = now + (long)(length.TotalSeconds * time.TimestampFrequency);
        _banEnds[source] = until;
        _bansByEnd.Enqueue(source, until);
        _banned++;
    }

    private sealed class Counter(IPAddress source, long begunAt)
    {
        public IPAddress Source => source;

        public long BegunAt => begunAt;

        public int Failures { get; set; }
    }
}
