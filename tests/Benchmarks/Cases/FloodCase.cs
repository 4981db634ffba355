using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Benchmarks.Report;
using static OrleansTokens.Benchmarks.Requests;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What a flood of bad secrets does to good ones: the latency of good requests at a steady rate, alone and while another process sends
/// bad ones. Each case is compared with a run alone right before it, since what else the machine does changes.
/// </summary>
internal static class FloodCase
{
    private const int GoodPerSecond = 1000;
    private const int GoodConnections = 16;
    private const int FloodConnections = 32;
    private const string FloodSource = "127.0.0.2";
    private const double FloodOutlastsBy = 1;

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.Path, scale.Credentials);
        await using var silo = await Server.SiloAsync(folder.Path);
        var key = MasterKeyFile.ReadOrCreate(folder.Path).TagKeys[0];
        var forged = folder.Write("forged", tokens.Alive.Select(static t => ForwardAuth(t with { Secret = t.Mistyped })));
        var wrong = folder.Write("wrong", tokens.Alive.Select(t => ForwardAuth(Wrong(t, key))));
        var revoked = folder.Write("revoked", tokens.Revoked.Select(ForwardAuth));
        Flood[] floods =
        [
            new("forged", forged, 2_000),
            new("forged", forged, 10_000),
            new("right tag, wrong secret", wrong, 2_000),
            new("right tag, wrong secret", wrong, 10_000),
            new("revoked", revoked, 10_000),
            new("right tag, wrong secret, source banned", wrong, 10_000, Bans: true),
        ];
        (string Name, string Requests)[] surfaces =
        [
            ("forward-auth", folder.Write("git", tokens.Alive.Select(ForwardAuth))),
            ("jwt/auth", folder.Write("jwt", tokens.Alive.Select(JwtAuth))),
        ];
        foreach (var (surface, requests) in surfaces)
        {
            var rows = await MeasureAsync(silo, requests, floods, scale);
            report.Table(
                $"{surface}: {GoodPerSecond:N0} good requests/s over {GoodConnections} connections, medians of {scale.Rounds} rounds of {scale.RoundSeconds} s",
                [
                    "flood", "bad/s wanted", "bad/s sent", "good/s", "p50 alone, ms", "p50, ms", "p99 alone, ms", "p99, ms", "p99, of alone",
                    "answers to bad", "to good",
                ],
                rows);
        }
    }

    private static async Task<IEnumerable<string[]>> MeasureAsync(Server silo, string good, Flood[] floods, Scale scale)
    {
        foreach (var requests in floods.Select(static flood => flood.Requests).Distinct().Prepend(good))
        {
            await LoadGenerator.StartAsync(new LoadOrder(silo.Port, FloodConnections, scale.RoundSeconds, requests)); // So that everything is compiled and cached.
        }

        var results = floods.Select(static _ => new List<Round>()).ToList();
        for (var round = 0; round < scale.Rounds; round++)
        {
            for (var i = 0; i < floods.Length; i++)
            {
                await SwitchBansAsync(silo, floods[i].Bans);
                var alone = await GoodAsync();
                var flood = LoadGenerator.StartAsync(
                    new LoadOrder(silo.Port, FloodConnections, scale.RoundSeconds + FloodOutlastsBy, floods[i].Requests)
                    {
                        PerSecond = floods[i].PerSecond,
                        From = FloodSource,
                    });
                results[i].Add(new Round(alone, await GoodAsync(), await flood));
            }
        }

        return floods.Select((flood, i) => Row(flood, results[i]));

        Task<LoadResult> GoodAsync() => LoadGenerator.StartAsync(
            new LoadOrder(silo.Port, GoodConnections, scale.RoundSeconds, good) { PerSecond = GoodPerSecond });
    }

    private static string[] Row(Flood flood, List<Round> rounds) =>
    [
        flood.Name, Number(flood.PerSecond), Number(Middle(rounds, static r => r.Bad.RequestsPerSecond)), Number(Middle(rounds, static r => r.Good.RequestsPerSecond)),
        Number(Middle(rounds, static r => r.Alone.P50), 2), Number(Middle(rounds, static r => r.Good.P50), 2), Number(Middle(rounds, static r => r.Alone.P99), 2),
        Number(Middle(rounds, static r => r.Good.P99), 2), Number(Middle(rounds, static r => r.Good.P99 / r.Alone.P99), 2),
        string.Join(", ", rounds.SelectMany(static r => r.Bad.Statuses.Keys).Distinct().Order()),
        string.Join(", ", rounds.SelectMany(static r => r.Good.Statuses.Keys).Distinct().Order()),
    ];

    private static double Middle(List<Round> rounds, Func<Round, double> of) => Median(rounds.Select(of));

    private static async Task SwitchBansAsync(Server silo, bool on)
    {
        using var http = silo.Operator();
        using var answer = await http.PutAsJsonAsync(
            new Uri($"{silo.Address}/api/v4/application/settings"), new { rack_attack_git_basic_auth_enabled = on });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A secret of the same token with a right tag and another random part, which only its grain can tell from the right one.</summary>
    private static SeededToken Wrong(SeededToken token, TagKey key) =>
        token with { Secret = TokenFormat.Issue(TokenPrefixes.Default, 0, token.Id, key).Reveal() };

    private sealed record Flood(string Name, string Requests, int PerSecond, bool Bans = false);

    private sealed record Round(LoadResult Alone, LoadResult Good, LoadResult Bad);
}
