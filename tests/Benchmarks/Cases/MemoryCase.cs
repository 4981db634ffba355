using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>How much memory very many tokens need: active in a silo.</summary>
internal static class MemoryCase
{
    private const int Callers = 64;

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.At("data"), scale.ManyTokens);
        tokens.Save(folder.At("credentials"));
        tokens.Spread(Population.RevokedEvery).Save(folder.At("few"));
        await using var silo = await Server.HostedSiloAsync(folder.At("data"));
        await using var few = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("few")));
        await few.AskAsync(seconds: 0, Callers);
        var before = await silo.MeasureMemoryAsync();
        await using var all = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")));
        var asked = await all.AskAsync(seconds: 0, Callers);
        var after = await silo.MeasureMemoryAsync();
        report.Table(
            "Memory, one run",
            ["what", "how many", "heap bytes of each", "resident bytes of each", "made per second"],
            [Row("active token grain", tokens.All.Count, before, after, asked.RequestsPerSecond)]);
    }

    private static string[] Row(string what, int count, MemoryUse before, MemoryUse after, double perSecond) =>
    [
        what, Number(count), Number((after.Heap - before.Heap) / (double)count), Number((after.Resident - before.Resident) / (double)count),
        Number(perSecond),
    ];
}
