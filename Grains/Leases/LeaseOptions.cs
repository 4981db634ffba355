using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>For how long decisions may be used.</summary>
public sealed class LeaseOptions
{
    private static readonly TimeSpan MinMargin = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How old what a decision rests on may become; from 0 to 60 seconds, default 5 seconds. It bounds for how long a revoked token can be
    /// let in, in any fault. Shorter, and storage is asked more often, and more is refused as unavailable while storage is away; longer, and
    /// changes that cannot be told to everybody take that long to return. 0: each decision reads storage. It must be the same on all silos.
    /// </summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All hold; see <see cref="LeaseProtections"/>.</summary>
    internal LeaseProtections Protections { get; init; } = LeaseProtections.All;

    /// <summary>How old a fact may be when it is used: less than <see cref="Length"/>, because clocks differ in rate and timers are late.</summary>
    internal TimeSpan Usable => UsableOf(Length);

    /// <summary>A fact in use that is older is confirmed again, while it is still used.</summary>
    internal TimeSpan ConfirmAfter => Usable / 2;

    /// <summary>How old a fact may be that is fetched because another is too old: young enough to be of use for a while.</summary>
    internal TimeSpan Renewed => Usable / 4;

    /// <summary>What holds where a group says something of its own, which only ever shortens it.</summary>
    internal static TimeSpan Shorter(TimeSpan length, TimeSpan? ofGroup) => ofGroup is { } own && own < length ? own : length;

    /// <summary><see cref="Usable"/> of a length.</summary>
    internal TimeSpan UsableOf(TimeSpan length)
    {
        var margin = TimeSpan.FromTicks(Math.Max(MinMargin.Ticks, length.Ticks / 100));
        return !Protections.Hold(LeaseProtection.Margin) ? length : length > margin ? length - margin : TimeSpan.Zero;
    }
}
