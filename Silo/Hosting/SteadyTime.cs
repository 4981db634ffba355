namespace OrleansTokens.Silo.Hosting;

/// <summary>
/// The wall clock as it was at the start, and steadily on from there, whatever is done to the wall clock since. Orleans schedules the
/// collection of idle grains by it: by a wall clock that was set back, it refuses to activate any grain until that time has come again.
/// </summary>
internal sealed class SteadyTime(TimeProvider wallClock) : TimeProvider
{
    /// <summary>The key under which Orleans looks for the clock of activations.</summary>
    public const string OfActivations = "Orleans.ActivationManagement";

    private readonly DateTimeOffset _start = wallClock.GetUtcNow();
    private readonly long _startTimestamp = wallClock.GetTimestamp();

    public override long TimestampFrequency => wallClock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _start + wallClock.GetElapsedTime(_startTimestamp);

    public override long GetTimestamp() => wallClock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        wallClock.CreateTimer(callback, state, dueTime, period);
}
