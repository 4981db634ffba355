using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Silos;

/// <summary>The time of a process whose wall clock is wrong, and whose clocks run at another rate than those of others.</summary>
/// <param name="offset">What the wall clock is ahead of the right time.</param>
/// <param name="rate">How fast its clocks run: 1 is right.</param>
internal sealed class SkewedTime(TimeSpan offset, double rate) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow() + offset;
    private readonly long _startTimestamp = Ticks(rate);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(GetTimestamp() - _startTimestamp);

    /// <inheritdoc/>
    public override long GetTimestamp() => Ticks(rate);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Real(dueTime), Real(period));

    private static long Ticks(double rate) => (long)(LeaseClock.System.Now * rate);

    private TimeSpan Real(TimeSpan own) => own > TimeSpan.Zero && own < TimeSpan.FromDays(1) ? own / rate : own;
}
