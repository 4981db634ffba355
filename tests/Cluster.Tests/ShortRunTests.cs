using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;
using OrleansTokens.Histories.Running;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Cluster.Tests;

public sealed class ShortRunTests
{
    [Fact]
    public Task Histories_WhenEachDecisionReadsStorage_BreakNoPromise() => RunAsync(TimeSpan.Zero, histories: 25);

    [Fact]
    public Task Histories_WhenDecisionsAreKept_BreakNoPromise() => RunAsync(TimeSpan.FromMilliseconds(600), histories: 50);

    [Theory]
    [InlineData(nameof(LeaseProtection.NoteEveryLease))]
    [InlineData(nameof(LeaseProtection.CheckEachUse))]
    [InlineData(nameof(LeaseProtection.AcknowledgeLast))]
    [InlineData(nameof(LeaseProtection.ClockCountsSleep))]
    [InlineData(nameof(LeaseProtection.LineageAge))]
    public async Task Histories_WhenAProtectionIsOff_BreakAPromise(string protection)
    {
        var off = Enum.Parse<LeaseProtection>(protection);
        var scenario = Scenarios.All.Single(s => s.Protection == off);
        var (mutation, _) = await MutationsRun.RunAsync(scenario, off, seed: 1);
        Assert.NotNull(mutation.Found);
    }

    /// <summary>Had one of them not been told, or not been heard, a revocation would have returned after the length of a lease.</summary>
    [Fact]
    public async Task Revoke_WhenClientsOfDifferentGatewaysHoldLeases_ReturnsWhenAllWereTold()
    {
        var lease = TimeSpan.FromSeconds(2.5);
        var token = HistoryPlanner.HeldBy(HistoryPlanner.Project);
        var revoke = new PlannedOperation(new Operation(OperationKind.Revoke, token.Name), lease + TimeSpan.FromSeconds(0.5));
        var plan = new HistoryPlan(
            "", HistoryPlanner.Tree(Visibility.Private, token), [revoke],
            [new Subject(token.Name, RegistryAction.PullImage, HistoryPlanner.Project, ByPath: false)]);
        await using var cluster = await Histories.Running.Cluster.StartAsync(new ClusterOptions
        {
            Silos = 2,
            Clients = 4,
            OneSiloEach = true,
            Lease = lease,
            Pace = TimeSpan.FromMilliseconds(25),
        });
        await using var administrator = await Administrator.StartAsync(cluster);
        var histories = Enumerable.Range(0, 6).Select(i => plan with { Name = $"h{i}" });
        var result = await new Round(cluster, administrator, lease).RunAsync(new RoundPlan([.. histories], []), firstNumber: 0);

        Assert.Equal(6, result.Logs.Length);
        Assert.All(result.Logs, log =>
        {
            Assert.Empty(HistoryChecker.Check(log));
            Assert.True(HistoryChecker.Counts(log));
            Assert.Equal(4, log.Validations.Where(static v => v.Outcome == Outcome.Allowed).Select(static v => v.Client).Distinct().Count());
            var done = Assert.Single(log.Operations);
            Assert.InRange(done.Returned!.Value - done.DurableAt!.Value, 0, lease.Ticks - 1);
        });
    }

    private static async Task RunAsync(TimeSpan lease, int histories)
    {
        await using var output = new StringWriter();
        using var report = new Report(output);
        await new HistoriesRun(new RunOptions { Histories = histories, SideBySide = 25, Lease = lease }, report).RunAsync();
        Assert.False(report.HasFailed, output.ToString());
        Assert.True(report.Counted > 0, output.ToString());
    }
}
