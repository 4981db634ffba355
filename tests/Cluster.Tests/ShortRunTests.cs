using OrleansTokens.Histories.Planning;
using OrleansTokens.Histories.Running;
using OrleansTokens.Leases;

namespace OrleansTokens.Cluster.Tests;

public sealed class ShortRunTests
{
    [Fact]
    public Task Histories_WhenEachDecisionReadsStorage_BreakNoPromise() => RunAsync(TimeSpan.Zero);

    [Fact]
    public Task Histories_WhenDecisionsAreKept_BreakNoPromise() => RunAsync(TimeSpan.FromMilliseconds(600));

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

    private static async Task RunAsync(TimeSpan lease)
    {
        await using var output = new StringWriter();
        using var report = new Report(output);
        await new HistoriesRun(new RunOptions { Histories = 50, SideBySide = 25, Lease = lease }, report).RunAsync();
        Assert.False(report.HasFailed, output.ToString());
        Assert.True(report.Counted > 0, output.ToString());
    }
}
