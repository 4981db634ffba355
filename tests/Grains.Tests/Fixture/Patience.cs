using System.Diagnostics;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>Waits for what goes on in the background: often looked at, never for long, and a test that waited in vain fails.</summary>
public static class Patience
{
    /// <summary>Far longer than anything here takes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var began = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(Pause, TimeProvider.System))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, "Waited in vain until " + what);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);
}
