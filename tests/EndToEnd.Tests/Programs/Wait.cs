using System.Diagnostics;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>Looks at another process again and again, for a bounded time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"Not so within {Limit}.");
            await Task.Delay(PollInterval, TimeProvider.System);
        }
    }
}
