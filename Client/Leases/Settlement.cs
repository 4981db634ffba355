using OrleansTokens.Leases;

namespace OrleansTokens.Client.Leases;

/// <summary>Waits where a change is durable and may not be obeyed by everybody yet.</summary>
internal sealed class Settlement(TimeProvider time)
{
    private readonly LeaseClock _clock = LeaseClock.Of(time);

    /// <summary>Waits until nobody can go by what was before a change.</summary>
    /// <param name="settling">For how long somebody can, as the authority has said; never longer than the longest lease.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task WaitAsync(TimeSpan settling, CancellationToken cancellation)
    {
        var end = _clock.Now + Math.Min(settling.Ticks, Lease.MaxLength.Ticks);
        for (var left = end - _clock.Now; left > 0; left = end - _clock.Now)
        {
            // A timer may be a little early.
            await Task.Delay(TimeSpan.FromTicks(Math.Max(left, TimeSpan.TicksPerMillisecond)), time, cancellation);
        }
    }
}
