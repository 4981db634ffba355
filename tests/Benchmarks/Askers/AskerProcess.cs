using System.Text.Json;

namespace OrleansTokens.Benchmarks;

/// <summary>An <see cref="Asker"/> in a process of its own, which stays connected from one order to the next.</summary>
internal sealed class AskerProcess : IAsyncDisposable
{
    private const int CallersToWarm = 64;

    private AskerProcess(ChildProcess process) => Process = process;

    public ChildProcess Process { get; }

    public static AskerProcess Start(AskerSetUp setUp) => new(ChildProcess.StartOwn(Asker.Verb, JsonSerializer.Serialize(setUp)));

    /// <summary>Has it ask, and says what that came to.</summary>
    public Task<LoadResult> AskAsync(double seconds, int callers, double perSecond = 0) =>
        Process.AskAsync<LoadResult>(new AskerOrder(AskerWork.Ask) { Seconds = seconds, Callers = callers, PerSecond = perSecond });

    /// <summary>Has it step; see <see cref="Stepping"/>.</summary>
    private Task<LoadResult> StepAsync(AskerWork work, double seconds, int threads) =>
        Process.AskAsync<LoadResult>(new AskerOrder(work) { Seconds = seconds, Callers = threads });

    /// <summary>Collects its garbage, and says what is left.</summary>
    public Task<MemoryUse> MeasureMemoryAsync() => Process.AskAsync<MemoryUse>(new AskerOrder(AskerWork.Memory));

    /// <summary>As something that takes its turn.</summary>
    public Contender Contender(string name, int callers) => new(name, seconds => AskAsync(seconds, callers));

    /// <summary>As something that takes its turn, and steps. What ended while others had theirs is asked for again first, by many at once:
    /// a thread alone would spend its turn with that.</summary>
    public Contender Stepping(string name, AskerWork work, int threads) => new(name, async seconds =>
    {
        await AskAsync(seconds: 0, CallersToWarm);
        return await StepAsync(work, seconds, threads);
    });

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
