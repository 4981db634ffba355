using OrleansTokens.Histories.Planning;

namespace OrleansTokens.Histories.Running;

/// <summary>Runs as many histories as asked for, on one cluster after the other, and checks each.</summary>
internal sealed class HistoriesRun(RunOptions options, Report report)
{
    /// <summary>By how much the clocks of a cluster go wrong, at most; less than the margin of the shortest lease.</summary>
    private const double MaxDrift = 0.02;

    private static readonly TimeSpan ShortestPace = TimeSpan.FromMilliseconds(500);

    /// <summary>Completes when all are run, or one shows a violation.</summary>
    public async Task RunAsync()
    {
        report.Begin(options);
        for (var stage = 0; report.Histories < options.Histories && !IsEnough; stage++)
        {
            await RunStageAsync(stage, Math.Min(options.PerCluster, options.Histories - report.Histories));
        }

        report.End();
    }

    private bool IsEnough => report.HasFailed && !options.KeepGoing;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>One cluster from its start to its end.</summary>
    private async Task RunStageAsync(int stage, int histories)
    {
        var chance = Chance.Of(options.Seed, stage);
        var skewed = options.Faults.Contains(FaultKind.Clocks) && stage % 2 == 1;
        await using var cluster = await Cluster.StartAsync(new ClusterOptions
        {
            Silos = options.Silos,
            Clients = options.Clients,
            Lease = options.Lease,
            Pace = options.Pace,
            Without = options.Without,
            Duplicates = options.Faults.Contains(FaultKind.Duplicates) && stage % 2 == 0,
            ClockOffsets = [.. Enumerable.Range(0, options.Silos + 1)
                .Select(_ => skewed ? TimeSpan.FromSeconds(chance.Between(-300, 300)) : TimeSpan.Zero)],
            ClockRates = [.. Enumerable.Range(0, options.Silos + 1 + options.Clients)
                .Select(_ => options.Faults.Contains(FaultKind.Clocks) ? 1 + (MaxDrift * chance.Between(-100, 101) / 100) : 1)],
        });
        await using var administrator = await Administrator.StartAsync(cluster);
        var plans = new PlanOptions(
            chance.Next(), options.SideBySide, options.Silos, options.Clients, Max(options.Lease, ShortestPace), options.Faults, skewed);
        for (int round = 0, done = 0; done < histories && !IsEnough; round++)
        {
            var plan = Planner.Plan(plans with { Histories = Math.Min(options.SideBySide, histories - done) }, round);
            var result = await new Round(cluster, administrator, options.Lease).RunAsync(plan, done);
            report.Add(stage, round, plan, result);
            done += result.Logs.Length;
        }
    }
}
