using System.Collections.Immutable;
using OrleansTokens.Errors;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>What a read of the membership table showed.</summary>
/// <param name="Silos">Every silo that is not known to be dead.</param>
/// <param name="Start">When the read began.</param>
/// <param name="UnchangedSince">Since when membership has been what it was then, at least.</param>
internal sealed record MembershipReading(ImmutableArray<SiloAddress> Silos, long Start, long UnchangedSince);

/// <summary>
/// Whether this silo is a live member of its cluster, as far as reads of the membership table have shown: a fact like any other. One that
/// was declared dead, and does not know it, is told of nothing; it stops answering when this is too old.
/// </summary>
internal sealed class SiloLiveness(
    IMembershipTable table, ILocalSiloDetails self, LeaseOptions options, LeaseAgreement agreement, LeaseClock clock, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private Task<MembershipReading>? _reading;
    private long _aliveAt = long.MinValue / 2;
    private (long Version, long Since)? _known;

    /// <summary>When the last read began that showed this silo alive.</summary>
    public long ConfirmedAt => options.Protections.Hold(LeaseProtection.AliveIsAFact) ? Volatile.Read(ref _aliveAt) : clock.Now;

    /// <summary>The last reading; null before the first.</summary>
    public MembershipReading? Last { get; private set; }

    public void Participate(ISiloLifecycle lifecycle)
    {
        // It is a member by then, and nobody asks it anything yet.
        lifecycle.Subscribe(nameof(LeaseAgreement), ServiceLifecycleStage.ApplicationServices, _ => AgreeAsync());
        lifecycle.Subscribe(nameof(SiloLiveness), ServiceLifecycleStage.Active, _ =>
        {
            Read().Ignore(); // So that it is known early since when membership has been what it is.
            return Task.CompletedTask;
        });
    }

    /// <summary>Whether the fact is fresh enough. Where it will soon not be, it is read again ahead of need.</summary>
    public bool IsFresh(Freshness freshness, long now)
    {
        var confirmedAt = ConfirmedAt;
        if (!freshness.Accepts(confirmedAt, now))
        {
            return false;
        }

        if (now - confirmedAt > options.ConfirmAfter.Ticks && freshness.MaxAge > TimeSpan.Zero)
        {
            Read().Ignore();
        }

        return true;
    }

    /// <summary>Makes the fact fresh enough.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: the table cannot be read, or shows this silo dead.</exception>
    public async ValueTask ConfirmAsync(Freshness freshness)
    {
        if (!IsFresh(freshness, clock.Now))
        {
            _ = await ReadAsync(freshness.Begun);
            if (ConfirmedAt < freshness.Begun)
            {
                throw TokenAuthorityException.Unavailable(agreement.IsReached
                    ? "This silo is no live member of its cluster."
                    : "This silo does not know whether leases are as long on others.");
            }
        }
    }

    /// <summary>A read that began no earlier than that.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable.</exception>
    public async Task<MembershipReading> ReadAsync(long notBefore)
    {
        try
        {
            while (true)
            {
                var reading = await Read();
                if (reading.Start >= notBefore)
                {
                    return reading;
                }
            }
        }
        catch (Exception fault) when (fault is not TokenAuthorityException)
        {
            throw TokenAuthorityException.Unavailable("The membership of the cluster cannot be read.");
        }
    }

    /// <summary>The read that is under way, or a new one.</summary>
    private Task<MembershipReading> Read()
    {
        lock (_lock)
        {
            if (_reading is not { IsCompleted: false })
            {
                _reading = Task.Run(ReadTableAsync);
            }

            return _reading;
        }
    }

    /// <summary>Does not let a silo in whose leases are longer or shorter than those of others.</summary>
    private async Task AgreeAsync()
    {
        try
        {
            _ = await ReadAsync(clock.Now);
        }
        catch (TokenAuthorityException)
        {
            return; // It is tried again when somebody asks something.
        }

        if (agreement.Opponent is { } silo)
        {
            throw new InvalidOperationException(
                $"Grid:Leases:Length must be the same on all silos; it is {options.Length.TotalSeconds:0.###} s here, and another at {silo}.");
        }
    }

    private async ValueTask<bool> IsAgreedAsync(ImmutableArray<SiloAddress> alive, CancellationToken cancellation)
    {
        if (!agreement.IsReached)
        {
            var reaching = agreement.ReachAsync(alive.Remove(self.SiloAddress)).WaitAsync(cancellation);
            await reaching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return agreement.IsReached;
    }

    private async Task<MembershipReading> ReadTableAsync()
    {
        using var timeout = new CancellationTokenSource(ReadTimeout, time);
        var start = clock.Now;
        var data = await table.ReadAllAsync(timeout.Token).WaitAsync(timeout.Token);
        var end = clock.Now;
        var alive = data.Members.Select(static m => m.Item1)
            .Where(static m => m.Status is not (SiloStatus.None or SiloStatus.Created or SiloStatus.Dead))
            .Select(static m => m.SiloAddress)
            .ToImmutableArray();
        if (alive.Contains(self.SiloAddress) && await IsAgreedAsync(alive, timeout.Token))
        {
            Volatile.Write(ref _aliveAt, options.Protections.Hold(LeaseProtection.ReadStart) ? start : end);
        }

        var since = _known is { } known && known.Version == data.Version.Version ? known.Since : end;
        _known = (data.Version.Version, since);
        return Last = new MembershipReading(alive, start, since);
    }
}
