using OrleansTokens.Leases;

namespace OrleansTokens.Histories;

/// <summary>The clock of all logs: the machine's, the same for all of its processes (CLOCK_BOOTTIME).</summary>
internal static class Clock
{
    /// <summary>Now, in units of 100 ns.</summary>
    public static long Now => LeaseClock.System.Now;

    public static Task DelayAsync(TimeSpan time, CancellationToken cancellation = default) =>
        time > TimeSpan.Zero ? Task.Delay(time, TimeProvider.System, cancellation) : Task.CompletedTask;
}
