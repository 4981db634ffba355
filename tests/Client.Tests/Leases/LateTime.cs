using Microsoft.Extensions.Time.Testing;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>A clock whose next reading comes late to whoever asked: something happens between its reading and its return.</summary>
internal sealed class LateTime : FakeTimeProvider
{
    private Action? _meanwhile;

    /// <summary>What happens once, after the clock has been read and before the reading is returned.</summary>
    public void AfterNextReading(Action meanwhile) => Volatile.Write(ref _meanwhile, meanwhile);

    public override long GetTimestamp()
    {
        var now = base.GetTimestamp();
        Interlocked.Exchange(ref _meanwhile, null)?.Invoke();
        return now;
    }
}
