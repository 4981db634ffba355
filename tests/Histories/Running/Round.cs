using System.Collections.Immutable;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;

namespace OrleansTokens.Histories.Running;

/// <summary>What came of a round.</summary>
/// <param name="Logs">Its histories.</param>
/// <param name="Faults">What was done to the cluster.</param>
/// <param name="Oddities">What went otherwise than it may, and is not seen in validations.</param>
internal sealed record RoundResult(ImmutableArray<HistoryLog> Logs, ImmutableArray<FaultLog> Faults, ImmutableArray<string> Oddities);

/// <summary>Runs histories side by side, under the same faults, and heals the cluster before it asks what is left.</summary>
internal sealed class Round(Cluster cluster, Administrator administrator, TimeSpan lease)
{
    private const int SetUpAtOnce = 8;

    private static readonly TimeSpan BeginsAfter = TimeSpan.FromMilliseconds(100);

    public async Task<RoundResult> RunAsync(RoundPlan plan, int firstNumber)
    {
        var runs = plan.Histories
            .Select((history, i) => new HistoryRun(history, firstNumber + i, cluster, administrator, lease)).ToList();
        await EachAsync(runs, static run => run.SetUpAsync());

        var start = Clock.Now + BeginsAfter.Ticks;
        var nemesis = new Nemesis(cluster);
        await Task.WhenAll(runs.Select(run => run.RunAsync(start)).Append(nemesis.RunAsync(plan.Faults, start)));

        await cluster.HealAsync();
        await Clock.DelayAsync(lease);
        var logs = new List<HistoryLog>();
        await EachAsync(runs, async run =>
        {
            var log = await run.FinishAsync();
            lock (logs)
            {
                logs.Add(log);
            }
        });
        return new RoundResult([.. logs], [.. nemesis.Log], [.. runs.SelectMany(static run => run.Oddities)]);
    }

    private static Task EachAsync(IEnumerable<HistoryRun> runs, Func<HistoryRun, Task> run) => Parallel.ForEachAsync(
        runs, new ParallelOptions { MaxDegreeOfParallelism = SetUpAtOnce }, async (one, _) => await run(one));
}
