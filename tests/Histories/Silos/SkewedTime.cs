using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Silos;

/// <summary>
/// The time of a process whose wall clock is wrong, and whose clock of durations runs at another rate than those of others. The wall clock
/// is held at its offset, as by a time service.
/// </summary>
/// <param name="offset">What the wall clock is ahead of the right time.</param>
/// <param name="rate">How fast durations pass: 1 is right.</param>
internal sealed class SkewedTime(TimeSpan offset, double rate) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => (long)(LeaseClock.System.Now * rate);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Real(dueTime), Real(period));

    private TimeSpan Real(TimeSpan own) => own > TimeSpan.Zero && own < TimeSpan.FromDays(1) ? own / rate : own;
}
