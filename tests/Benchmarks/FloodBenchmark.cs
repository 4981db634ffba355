using System.Globalization;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What a flood of bad secrets does to good ones: the latency of good requests at a steady rate, alone and while another process sends
/// bad ones. Each case is compared with a run alone right before it, since what else the machine does changes.
/// </summary>
internal static class FloodBenchmark
{
    private const int GoodPerSecond = 1000;
    private const int GoodConnections = 16;
    private const int FloodConnections = 32;
    private const string FloodSource = "127.0.0.2";
    private const double FloodOutlastsBy = 1;

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.Path, scale.HttpTokens);
        await using var silo = await Server.SiloAsync(folder.Path);
        var revoked = await HttpBenchmark.RevokeAsync(silo, tokens);
        var alive = tokens.Except(revoked).ToList();
        var key = MasterKeyFile.ReadOrCreate(folder.Path).TagKeys[0];
        var forged = Write("forged", alive.Select(t => HttpBenchmark.ForwardAuth(t, HttpBenchmark.Mistype(t.Secret))));
        var wrong = Write("wrong", alive.Select(t => HttpBenchmark.ForwardAuth(t, Wrong(t, key))));
        Flood[] floods =
        [
            new("forged", forged, 2_000),
            new("forged", forged, 10_000),
            new("right tag, wrong secret", wrong, 2_000),
            new("right tag, wrong secret", wrong, 10_000),
            new("revoked", Write("revoked", revoked.Select(t => HttpBenchmark.ForwardAuth(t, t.Secret))), 10_000),
            new("right tag, wrong secret, source banned", wrong, 10_000, Bans: true),
        ];
        (string Name, string Requests)[] surfaces =
        [
            ("forward-auth", Write("git", alive.Select(t => HttpBenchmark.ForwardAuth(t, t.Secret)))),
            ("jwt/auth", Write("jwt", alive.Select(HttpBenchmark.JwtAuth))),
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

        string Write(string name, IEnumerable<string> all) => folder.Write(name, string.Join('\0', all));
    }

    private static async Task<IEnumerable<string[]>> MeasureAsync(Server silo, string good, Flood[] floods, Scale scale)
    {
        foreach (var requests in floods.Select(static flood => flood.Requests).Distinct().Prepend(good))
        {
            await Server.LoadAsync(silo.Port, FloodConnections, scale.RoundSeconds, requests); // So that everything is compiled and cached.
        }

        var results = floods.Select(static _ => new List<Round>()).ToList();
        for (var round = 0; round < scale.Rounds; round++)
        {
            for (var i = 0; i < floods.Length; i++)
            {
                await SwitchBansAsync(silo, floods[i].Bans);
                var alone = await GoodAsync();
                var flood = Server.LoadAsync(
                    silo.Port, FloodConnections, scale.RoundSeconds + FloodOutlastsBy, floods[i].Requests, floods[i].PerSecond, FloodSource);
                results[i].Add(new Round(alone, await GoodAsync(), await flood));
            }
        }

        return floods.Select((flood, i) => Row(flood, results[i]));

        Task<LoadResult> GoodAsync() => Server.LoadAsync(silo.Port, GoodConnections, scale.RoundSeconds, good, GoodPerSecond);
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
        using var http = HttpBenchmark.Operator(silo);
        using var answer = await http.PutAsJsonAsync(
            new Uri($"{silo.Address}/api/v4/application/settings"), new { rack_attack_git_basic_auth_enabled = on });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A secret of the same token with a right tag and another random part, which only its grain can tell from the right one.</summary>
    private static string Wrong(SeededToken token, TagKey key)
    {
        var id = long.Parse(token.Username.AsSpan(token.Username.LastIndexOf('-') + 1), CultureInfo.InvariantCulture);
        return TokenFormat.Issue(TokenPrefixes.Default, 0, id, key).Reveal();
    }

    private sealed record Flood(string Name, string Requests, int PerSecond, bool Bans = false);

    private sealed record Round(LoadResult Alone, LoadResult Good, LoadResult Bad);
}
