using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What a cold process does: when it is ready, when it answers for the first time, when it answers at its warm rate, and how many tokens a
/// second it can take that it has never seen. What the operating system keeps of the files is warm.
/// </summary>
internal static class ColdCase
{
    private const int Connections = 64;
    private const double WarmShare = 0.9;

    /// <summary>A rate is that of this many ticks.</summary>
    private const int TicksOfRate = 5;

    /// <summary>How many turns the load from cold to warm lasts.</summary>
    private const int TurnsOfLoad = 4;

    public static async Task RunAsync(Report report, Scale scale)
    {
        var rows = new List<string[]>();
        foreach (var count in new[] { 0, scale.ManyTokens })
        {
            using var folder = new TemporaryFolder();
            var seeding = Stopwatch.StartNew();
            var tokens = await Seed.WriteAsync(folder.At("data"), Math.Max(Population.RevokedEvery, count));
            seeding.Stop();
            var starts = new List<Start>();
            for (var round = 0; round < scale.Rounds; round++)
            {
                starts.Add(await MeasureAsync(folder, tokens, scale, round, withLoad: count > 0));
            }

            rows.Add(Row(count, folder, count / seeding.Elapsed.TotalSeconds, starts));
        }

        report.Table(
            $"Cold start, seconds from starting the process, medians of {scale.Rounds}; load over {Connections} connections",
            [
                "tokens stored", "data", "ready", "first valid answer", $"of load until {Percent(WarmShare)} of the warm rate", "warm rate, requests/s",
                "tokens never touched before, requests/s", "tokens seeded per second",
            ],
            rows);
    }

    private static async Task<Start> MeasureAsync(TemporaryFolder folder, Population tokens, Scale scale, int round, bool withLoad)
    {
        await using var silo = await Server.SiloAsync(folder.At("data"));
        var clock = Stopwatch.StartNew();
        await ValidateAsync(silo, tokens.Alive[round * 7919 % tokens.Alive.Count]);
        var start = new Start(silo.ReadyAfter.TotalSeconds, silo.ReadyAfter.TotalSeconds + clock.Elapsed.TotalSeconds);
        if (!withLoad)
        {
            return start;
        }

        // Two sets that share no token: runs of the population, the first half of it and the second.
        var half = tokens.All.Count / 2;
        var warm = new Population([.. tokens.All.Take(half)]).Spread(scale.Credentials);
        var untouched = tokens.All.Skip(half).Take(half / 2).ToList();
        var load = await LoadGenerator.StartAsync(
            new LoadOrder(silo.Port, Connections, TurnsOfLoad * scale.RoundSeconds, folder.Write("warm", warm.Mixed.Select(Requests.ForwardAuth)))
            {
                WarmUpSeconds = 0,
            });
        var (warmRate, after) = Warming(load.Timeline);
        var cold = await LoadGenerator.StartAsync(
            new LoadOrder(silo.Port, Connections, Seconds: 0, folder.Write("untouched", untouched.Select(Requests.ForwardAuth))));
        return start with { WarmRate = warmRate, WarmAfter = after, Untouched = cold.RequestsPerSecond };
    }

    /// <summary>The rate at the end, and when the rate first was near to it.</summary>
    private static (double Rate, double AfterSeconds) Warming(IReadOnlyList<int> timeline)
    {
        var whole = timeline.Take(timeline.Count - 1).ToList(); // The last tick was cut short.
        var rates = Enumerable.Range(0, whole.Count - TicksOfRate + 1)
            .Select(at => whole.Skip(at).Take(TicksOfRate).Average() / Tally.Tick.TotalSeconds).ToList();
        var warm = Median(rates.TakeLast(Math.Max(1, rates.Count / 4)));
        return (warm, rates.FindIndex(rate => rate >= WarmShare * warm) * Tally.Tick.TotalSeconds);
    }

    private static string[] Row(int count, TemporaryFolder folder, double seeded, List<Start> starts)
    {
        var size = new DirectoryInfo(folder.At("data")).EnumerateFiles().Sum(static f => f.Length) / 1e6;
        string[] row = [Number(count), Number(size) + " MB", Middle(static s => s.Ready, 2), Middle(static s => s.FirstAnswer, 2)];
        return count == 0
            ? [.. row, "", "", "", ""]
            : [.. row, Middle(static s => s.WarmAfter, 1), Middle(static s => s.WarmRate), Middle(static s => s.Untouched), Number(seeded)];

        string Middle(Func<Start, double> of, int digits = 0) => Number(Median(starts.Select(of)), digits);
    }

    private static async Task ValidateAsync(Server silo, SeededToken token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(silo.Address + "/forward-auth"));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{token.Username}:{token.Secret}")));
        request.Headers.Add("X-Original-URI", $"/{token.Project}.git/info/refs?service=git-upload-pack");
        request.Headers.Add("X-Original-Method", "GET");
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private sealed record Start(double Ready, double FirstAnswer)
    {
        public double WarmRate { get; init; }

        public double WarmAfter { get; init; }

        public double Untouched { get; init; }
    }
}
