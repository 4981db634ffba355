using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansTokens.DeployTokens;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>
/// What a silo keeps of leases, for all its grains together: who may hold an allowing answer of it and until when, and of which tokens it
/// was told that nothing older than an epoch is to be believed.
/// </summary>
/// <remarks>
/// Grains answer on one thread while the silo is told on another. A grain first notes the lease and then looks whether it was told; who
/// tells first enters what is told and then looks at the notes. So one of the two sees the other.
/// </remarks>
internal sealed partial class SiloLeases(LeaseOptions options, LeaseClock clock, TimeProvider time, ILogger<SiloLeases> logger)
{
    /// <summary>Lessees are gateways and .NET registries; where there are more, it is only noted until when somebody may hold a lease.</summary>
    internal const int MaxLessees = 10_000;

    private readonly ConcurrentDictionary<TokenId, Floor> _floors = new();
    private readonly ConcurrentDictionary<ILeaseObserver, long> _notes = new();
    private readonly Lock _floorLock = new();
    private readonly Queue<(TokenId Token, long Until)> _floorsByEnd = new();
    private int _floorCount;
    private int _noteCount;
    private long _uncountedUntil;

    /// <summary>How many lessees are known, some of them long gone.</summary>
    public int Lessees => Volatile.Read(ref _noteCount);

    /// <summary>How many tokens it remembers that it was told of, or how often it was told, whichever is more; some of that is over.</summary>
    public int Remembered => Math.Max(_floors.Count, Volatile.Read(ref _floorCount));

    /// <summary>Notes that somebody may hold an allowing answer of this silo.</summary>
    public void Note(ILeaseObserver lessee, long until)
    {
        if (!options.Protections.Hold(LeaseProtection.NoteEveryLease))
        {
            return;
        }

        while (!TryNote(lessee, until))
        {
        }

        // See the remarks: what follows must not be read before this was written.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Whether a record of this epoch may be believed.</summary>
    public bool Believes(TokenId token, long epoch) =>
        Volatile.Read(ref _floorCount) == 0 || !_floors.TryGetValue(token, out var floor) || epoch >= floor.Epoch || clock.Now >= floor.Until;

    /// <summary>
    /// Hears that a token is dead, or less than it was. When this has completed, nobody uses an older answer of this silo any more.
    /// </summary>
    public async Task ToldAsync(TokenId token, long epoch)
    {
        if (options.Protections.Hold(LeaseProtection.SiloRemembers))
        {
            Remember(token, epoch);
            Interlocked.MemoryBarrier();
        }

        var telling = TellLesseesAsync(token, epoch);
        if (options.Protections.Hold(LeaseProtection.AcknowledgeLast))
        {
            await telling;
        }
    }

    private void Remember(TokenId token, long epoch)
    {
        lock (_floorLock)
        {
            var now = clock.Now;
            while (_floorsByEnd.TryPeek(out var oldest) && oldest.Until <= now)
            {
                _floorsByEnd.Dequeue();
                if (_floors.TryGetValue(oldest.Token, out var floor) && floor.Until <= now)
                {
                    _floors.TryRemove(oldest.Token, out _);
                }
            }

            var until = now + options.Length.Ticks;
            _floors[token] = new Floor(_floors.TryGetValue(token, out var known) ? Math.Max(known.Epoch, epoch) : epoch, until);
            _floorsByEnd.Enqueue((token, until));
            Volatile.Write(ref _floorCount, _floorsByEnd.Count);
        }
    }

    private async Task TellLesseesAsync(TokenId token, long epoch)
    {
        var now = clock.Now;
        var tells = new List<Task>();
        foreach (var (lessee, until) in _notes)
        {
            if (until > now)
            {
                tells.Add(TellAsync(lessee, token, epoch));
            }
            else if (_notes.TryRemove(new KeyValuePair<ILeaseObserver, long>(lessee, until)))
            {
                Interlocked.Decrement(ref _noteCount);
            }
        }

        if (Volatile.Read(ref _uncountedUntil) is var uncounted && uncounted > now)
        {
            tells.Add(WaitUntilAsync(uncounted));
        }

        await Task.WhenAll(tells);
    }

    /// <summary>Completes when the lessee has acknowledged, or can hold nothing any more.</summary>
    private async Task TellAsync(ILeaseObserver lessee, TokenId token, long epoch)
    {
        try
        {
            await lessee.RevokedAsync(token, epoch, options.Length);
        }
        catch (Exception fault)
        {
            LogLesseeSilent(token.Value, fault.GetType().Name);
            await WaitUntilAsync(_notes.TryGetValue(lessee, out var until) ? until : 0);
        }
    }

    private async Task WaitUntilAsync(long moment)
    {
        for (var left = moment - clock.Now; left > 0; left = moment - clock.Now)
        {
            await Task.Delay(TimeSpan.FromTicks(left), time);
        }
    }

    private bool TryNote(ILeaseObserver lessee, long until)
    {
        if (_notes.TryGetValue(lessee, out var noted))
        {
            var keeps = options.Protections.Hold(LeaseProtection.NoteKeepsLaterEnd);
            return (keeps && noted >= until) || _notes.TryUpdate(lessee, until, noted);
        }

        if (Volatile.Read(ref _noteCount) >= MaxLessees)
        {
            for (var end = Volatile.Read(ref _uncountedUntil); end < until; end = Volatile.Read(ref _uncountedUntil))
            {
                Interlocked.CompareExchange(ref _uncountedUntil, until, end);
            }

            return true;
        }

        if (!_notes.TryAdd(lessee, until))
        {
            return false;
        }

        Interlocked.Increment(ref _noteCount);
        return true;
    }

    /// <summary>What was told of a token.</summary>
    /// <param name="Epoch">Nothing older is believed.</param>
    /// <param name="Until">From then on everything older is too old anyway.</param>
    private readonly record struct Floor(long Epoch, long Until);
}
