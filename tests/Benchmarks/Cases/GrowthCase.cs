using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>Whether what is stored, or how deep the tree is, makes a decision slower. Everything takes turns with everything.</summary>
internal static class GrowthCase
{
    private const int Connections = 64;
    private const int UsualLevels = 2;

    private static readonly int[] Levels = [1, 5, 20];

    public static async Task RunAsync(Report report, Scale scale)
    {
        var (few, many) = (scale.ManyTokens / 1000, scale.ManyTokens / 10);
        await MeasureAsync(
            report, scale, "tokens stored", few, [new(few, UsualLevels), new(many, UsualLevels), new(scale.ManyTokens, UsualLevels)]);
        await MeasureAsync(
            report, scale, "levels of groups", scale.Credentials, [.. Levels.Select(levels => new Size(scale.Credentials, levels))]);
    }

    private static async Task MeasureAsync(Report report, Scale scale, string what, int credentials, Size[] sizes)
    {
        await using var all = new Grids();
        var surfaces = new List<List<Contender>>();
        foreach (var size in sizes)
        {
            surfaces.Add([.. await all.StartAsync(size, credentials)]);
        }

        var rounds = await Rounds.RunAsync(scale, [.. surfaces.SelectMany(static s => s)]);
        for (var surface = 0; surface < surfaces[0].Count; surface++)
        {
            rounds.Table(
                report, $"By {what}: {Connections} callers where nothing else is said, {credentials:N0} credentials, 5 % of them revoked, medians of {scale.Rounds} rounds of "
                + $"{scale.RoundSeconds} s, in turn", "of the first", [.. surfaces.Select(s => s[surface].Name)]);
        }
    }

    private sealed record Size(int Tokens, int Levels)
    {
        public override string ToString() => $"{Number(Tokens)} tokens, {Number(Levels)} levels";
    }

    /// <summary>Silos, each over data of its own, and those that ask them.</summary>
    private sealed class Grids : IAsyncDisposable
    {
        private readonly Stack<IAsyncDisposable> _processes = new();
        private readonly Stack<TemporaryFolder> _folders = new();

        public async Task<IEnumerable<Contender>> StartAsync(Size size, int credentials)
        {
            var folder = new TemporaryFolder();
            _folders.Push(folder);
            var tokens = (await Seed.WriteAsync(folder.At("data"), size.Tokens, new Tree(size.Levels))).Spread(credentials);
            tokens.Save(folder.At("credentials"));
            var silo = await Server.SiloAsync(folder.At("data"));
            _processes.Push(silo);
            var asking = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")) { Kept = 0 });
            _processes.Push(asking);
            var keeping = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")));
            _processes.Push(keeping);
            return
            [
                Contender.Http($"forward-auth, {size}", silo.Port, folder.Write("requests", tokens.All.Select(Requests.ForwardAuth))),
                asking.Contender($"client library, no lease, {size}", Connections),
                keeping.Stepping($"client library, live leases, 2 threads, {size}", AskerWork.Step, threads: 2),
            ];
        }

        public async ValueTask DisposeAsync()
        {
            while (_processes.TryPop(out var process))
            {
                await process.DisposeAsync();
            }

            while (_folders.TryPop(out var folder))
            {
                folder.Dispose();
            }
        }
    }
}
