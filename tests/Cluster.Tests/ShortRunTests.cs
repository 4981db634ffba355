using OrleansTokens.Histories.Planning;
using OrleansTokens.Histories.Running;

namespace OrleansTokens.Cluster.Tests;

public sealed class ShortRunTests
{
    [Fact]
    public async Task Histories_WhenAFewAreRun_BreakNoPromise()
    {
        await using var output = new StringWriter();
        using var report = new Report(output);
        await new HistoriesRun(
            new RunOptions { Histories = 60, SideBySide = 30, Faults = FaultNames.Parse("pause-client,stall-client") }, report).RunAsync();
        Assert.False(report.HasFailed, output.ToString());
        Assert.True(report.Counted > 0, output.ToString());
    }
}
