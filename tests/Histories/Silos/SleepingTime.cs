namespace OrleansTokens.Histories.Silos;

/// <summary>
/// The time of a process whose clock of durations stands still while the process does, as Stopwatch does on Linux while the machine is
/// suspended: it is only as late as the thread that drives it has seen.
/// </summary>
internal sealed class SleepingTime : TimeProvider
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>What is longer between two ticks was not lived through.</summary>
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(50);

    private long _lived;

    public SleepingTime() => new Thread(Run) { IsBackground = true, Priority = ThreadPriority.Highest }.Start();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _lived);

    private void Run()
    {
        using var never = new ManualResetEvent(false);
        for (var last = Clock.Now; ;)
        {
            never.WaitOne(Tick);
            var now = Clock.Now;
            Interlocked.Add(ref _lived, Math.Min(now - last, LongestTick.Ticks));
            last = now;
        }
    }
}
