using System.Diagnostics.Metrics;

namespace OrleansTokens.Client.Leases;

/// <summary>What the client counts, as instruments of the meter <see cref="MeterName"/>. Labels have a few values each, and name nobody.</summary>
internal sealed class ClientMetrics : IDisposable
{
    public const string MeterName = "OrleansTokens.Client";

    private const string Prefix = "deploy_tokens.client.";

    private readonly Meter _meter;
    private readonly bool _isOwned;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _revocations;
    private readonly Counter<long> _unavailable;
    private readonly StripedCounter _hits = new();
    private Func<LeaseTable?> _table = static () => null;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Makes meters, where the host has such a thing.</param>
    public ClientMetrics(IMeterFactory? meters)
    {
        _isOwned = meters is null;
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _meter.CreateObservableCounter(Prefix + "hits", () => _hits.Sum, "{decision}", "Decisions answered from memory.");
        _misses = _meter.CreateCounter<long>(Prefix + "misses", "{decision}", "Decisions that the authority was asked for.");
        _renewals = _meter.CreateCounter<long>(
            Prefix + "renewals", "{renewal}",
            "Leases renewed in the background, by outcome: renewed, failed, or skipped because there were too many at once.");
        _meter.CreateObservableUpDownCounter(
            Prefix + "entries", () => Entries, "{decision}", "Decisions kept, some of which have ended.");
        _dropped = _meter.CreateCounter<long>(
            Prefix + "dropped", "{decision}",
            "Decisions dropped before they had ended, by reason: room for others, disconnected, or flooded where too many tokens died at once.");
        _revocations = _meter.CreateCounter<long>(Prefix + "revocations", "{token}", "Tokens of which this client was told that they are dead.");
        _unavailable = _meter.CreateCounter<long>(Prefix + "unavailable", "{call}", "Calls that ended without an answer of the authority.");
    }

    /// <summary>The meter.</summary>
    public Meter Meter => _meter;

    /// <summary>How many decisions were answered from memory.</summary>
    public long Hits => _hits.Sum;

    /// <summary>How many decisions are kept.</summary>
    public int Entries => _table()?.Count ?? 0;

    public void Observe(Func<LeaseTable?> table) => _table = table;

    public void Hit() => _hits.Increment();

    public void Missed(int count) => _misses.Add(count);

    public void Renewed() => _renewals.Add(1, new KeyValuePair<string, object?>("outcome", "renewed"));

    public void RenewalFailed() => _renewals.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    public void RenewalSkipped() => _renewals.Add(1, new KeyValuePair<string, object?>("outcome", "skipped"));

    public void Evicted() => _dropped.Add(1, new KeyValuePair<string, object?>("reason", "room"));

    public void Disconnected(int count) => _dropped.Add(count, new KeyValuePair<string, object?>("reason", "disconnected"));

    public void Flooded(int count) => _dropped.Add(count, new KeyValuePair<string, object?>("reason", "flooded"));

    public void Told() => _revocations.Add(1);

    public void Unavailable() => _unavailable.Add(1);

    /// <inheritdoc/>
    public void Dispose()
    {
        // A factory disposes of its meters itself.
        if (_isOwned)
        {
            _meter.Dispose();
        }
    }

    /// <summary>A counter that many threads increment at once, each in memory of its own.</summary>
    private sealed class StripedCounter
    {
        private const int Stripes = 32;

        /// <summary>Two lines of a cache: processors fetch them in pairs.</summary>
        private const int LongsPerStripe = 16;

        private readonly long[] _counts = new long[(Stripes + 1) * LongsPerStripe];

        public long Sum
        {
            get
            {
                var sum = 0L;
                for (var i = 1; i <= Stripes; i++)
                {
                    sum += Interlocked.Read(ref _counts[i * LongsPerStripe]);
                }

                return sum;
            }
        }

        public void Increment() =>
            Interlocked.Increment(ref _counts[((Environment.CurrentManagedThreadId & (Stripes - 1)) + 1) * LongsPerStripe]);
    }
}
