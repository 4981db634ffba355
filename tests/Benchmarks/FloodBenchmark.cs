using System.Globalization;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What a flood of bad secrets does to good ones: the latency of good requests at a steady rate, alone and while another process sends
/// bad ones, in turn.
/// </summary>
internal static class FloodBenchmark
{
    private const int GoodPerSecond = 1000;
    private const int GoodConnections = 16;
    private const int FloodConnections = 32;
    private const string FloodSource = "127.0.0.2";
    private const double FloodOutlastsBy = 1;

    private static readonly int[] Rates = [2_000, 10_000];

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.Path, scale.HttpTokens);
        await using var silo = await Server.SiloAsync(folder.Path);
        var revoked = await HttpBenchmark.RevokeAsync(silo, tokens);
        var alive = tokens.Except(revoked).ToList();
        var key = MasterKeyFile.ReadOrCreate(folder.Path).TagKeys[0];
        (string Name, string Secrets, bool Bans)[] floods =
        [
            ("forged", Write("forged", alive.Select(t => HttpBenchmark.ForwardAuth(t, HttpBenchmark.Mistype(t.Secret)))), false),
            ("right tag, wrong secret", Write("wrong", alive.Select(t => HttpBenchmark.ForwardAuth(t, Wrong(t, key)))), false),
            ("revoked", Write("revoked", revoked.Select(t => HttpBenchmark.ForwardAuth(t, t.Secret))), false),
            ("wrong secret, its source banned", Write("banned", alive.Select(t => HttpBenchmark.ForwardAuth(t, Wrong(t, key)))), true),
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
                ["flood", "bad/s asked for", "bad/s sent", "good/s", "p50 ms", "p99 ms", "p99, of alone", "answers to good ones"], rows);
        }

        string Write(string name, IEnumerable<string> all) => folder.Write(name, string.Join('\0', all));
    }

    private static async Task<List<string[]>> MeasureAsync(
        Server silo, string good, (string Name, string Secrets, bool Bans)[] floods, Scale scale)
    {
        var cases = floods.SelectMany(static flood => Rates.Select(rate => (Flood: flood, Rate: rate))).ToList();
        var alone = new List<LoadResult>();
        var under = cases.Select(static _ => new List<(LoadResult Good, LoadResult Bad)>()).ToList();
        foreach (var requests in floods.Select(static flood => flood.Secrets).Prepend(good))
        {
            await Server.LoadAsync(silo.Port, FloodConnections, scale.RoundSeconds, requests); // So that everything is compiled and cached.
        }

        for (var round = 0; round < scale.Rounds; round++)
        {
            alone.Add(await GoodAsync());
            for (var i = 0; i < cases.Count; i++)
            {
                await SwitchBansAsync(silo, cases[i].Flood.Bans);
                var flood = Server.LoadAsync(
                    silo.Port, FloodConnections, scale.RoundSeconds + FloodOutlastsBy, cases[i].Flood.Secrets, cases[i].Rate, FloodSource);
                under[i].Add((await GoodAsync(), await flood));
            }

            await SwitchBansAsync(silo, on: false);
        }

        var rows = new List<string[]> { Row("none", "", "", alone, 1) };
        rows.AddRange(cases.Select((c, i) => Row(
            c.Flood.Name,
            Number(c.Rate),
            Number(Median(under[i].Select(static r => r.Bad.RequestsPerSecond))),
            under[i].Select(static r => r.Good),
            Median(under[i].Select((r, round) => r.Good.P99 / alone[round].P99)))));
        return rows;

        Task<LoadResult> GoodAsync() => Server.LoadAsync(silo.Port, GoodConnections, scale.RoundSeconds, good, GoodPerSecond);
    }

    private static string[] Row(string flood, string asked, string sent, IEnumerable<LoadResult> good, double ratio)
    {
        var all = good.ToList();
        return
        [
            flood, asked, sent, Number(Median(all.Select(static r => r.RequestsPerSecond))), Number(Median(all.Select(static r => r.P50)), 2),
            Number(Median(all.Select(static r => r.P99)), 2), Number(ratio, 2),
            string.Join(", ", all.SelectMany(static r => r.Statuses.Keys).Distinct().Order()),
        ];
    }

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
}
