using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// How much memory very many tokens need: active in a silo; noted there, because somebody has a lease; and kept by the client library. What a
/// decision takes that is kept is the difference to a process that asked the same, and keeps nothing.
/// </summary>
internal static class MemoryCase
{
    private const int Callers = 64;

    /// <summary>As long as can be, so that most leases are alive when all have been asked for.</summary>
    private const string LongLeases = "Leases:Length=00:01:00";

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.At("data"), scale.ManyTokens);
        tokens.Save(folder.At("credentials"));
        tokens.Spread(Population.RevokedEvery).Save(folder.At("few"));
        await using var silo = await Server.HostedSiloAsync(folder.At("data"), LongLeases);
        await using var few = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("few")) { Kept = 0 });
        await few.AskAsync(seconds: 0, Callers);
        var empty = await silo.MeasureMemoryAsync();

        await using var asking = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")) { Kept = 0 });
        var activated = await asking.AskAsync(seconds: 0, Callers);
        var active = await silo.MeasureMemoryAsync();
        var nothing = await asking.MeasureMemoryAsync();

        await using var keeping = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")) { Kept = scale.ManyTokens });
        var leased = await keeping.AskAsync(seconds: 0, Callers);
        var kept = await keeping.MeasureMemoryAsync();
        var noted = await silo.MeasureMemoryAsync();
        report.Table(
            "Memory, one run",
            ["what", "how many", "heap bytes of each", "resident bytes of each", "made per second"],
            [
                Row("active token grain", tokens.All.Count, empty, active, activated),
                Row("lease noted by the silo", kept.Kept, active, noted, leased),
                Row("decision kept by the client library, each of another token", kept.Kept, nothing, kept, leased),
            ]);
    }

    private static string[] Row(string what, long count, MemoryUse before, MemoryUse after, LoadResult made) =>
    [
        what, Number(count), Number((after.Heap - before.Heap) / (double)count), Number((after.Resident - before.Resident) / (double)count),
        Number(made.RequestsPerSecond),
    ];
}
