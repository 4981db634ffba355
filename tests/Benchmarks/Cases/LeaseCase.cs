using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What a decision costs that the client library has a lease for, connected to a real silo and renewing as it goes, against one SHA-256 and
/// one look-up, which no cache of decisions by secret can do without.
/// </summary>
internal static class LeaseCase
{
    private static readonly int[] Threads = [1, 2];

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.At("data"), scale.Credentials);
        new Population([.. tokens.Mixed]).Save(folder.At("credentials"));
        await using var silo = await Server.SiloAsync(folder.At("data"));
        await using var library = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")));
        foreach (var threads in Threads)
        {
            var (hash, lease) = ($"SHA-256 and a look-up, {threads} thread(s)", $"validation with a live lease, {threads} thread(s)");
            var rounds = await Rounds.RunAsync(
                scale,
                [library.Stepping(hash, AskerWork.Hash, threads), library.Stepping(lease, AskerWork.Step, threads)]);
            report.Table(
                $"Decisions from memory, {scale.Credentials:N0} credentials, 5 % of them bad, medians of {scale.Rounds} rounds of {scale.RoundSeconds} s, in turn",
                ["case", "ns of a thread", "a second", "bytes allocated", "had to wait", "of the first", "lowest to highest"],
                new[] { hash, lease }.Select(name => Row(rounds, name, hash, threads)));
        }
    }

    private static string[] Row(Rounds rounds, string name, string first, int threads)
    {
        var rate = rounds.Of(name, static r => r.RequestsPerSecond);
        var times = rounds.Times(name, first);
        return
        [
            name, Number(1e9 * threads / rate), Number(rate), Number(rounds.Of(name, static r => r.BytesOfEach), 1),
            Number(rounds.Of(name, static r => r.Waited)), Percent(times.Median, 1), $"{Percent(times.Lowest, 1)} to {Percent(times.Highest, 1)}",
        ];
    }
}
