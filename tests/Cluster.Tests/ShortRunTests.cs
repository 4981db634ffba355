using OrleansTokens.Histories.Running;

namespace OrleansTokens.Cluster.Tests;

public sealed class ShortRunTests
{
    [Fact]
    public Task Histories_WhenEachDecisionReadsStorage_BreakNoPromise() => RunAsync(TimeSpan.Zero);

    private static async Task RunAsync(TimeSpan lease)
    {
        await using var output = new StringWriter();
        using var report = new Report(output);
        await new HistoriesRun(new RunOptions { Histories = 60, SideBySide = 30, Lease = lease }, report).RunAsync();
        Assert.False(report.HasFailed, output.ToString());
        Assert.True(report.Counted > 0, output.ToString());
    }
}
