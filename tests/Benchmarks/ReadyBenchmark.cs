using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>How long a cold process takes to be ready, and to answer for the first time, with few and with very many tokens stored.</summary>
internal static class ReadyBenchmark
{
    public static async Task RunAsync(Report report, Scale scale)
    {
        var rows = new List<string[]>();
        foreach (var count in new[] { 0, scale.ManyTokens })
        {
            using var folder = new TemporaryFolder();
            var seeding = Stopwatch.StartNew();
            var tokens = await Seed.WriteAsync(folder.Path, Math.Max(1, count));
            seeding.Stop();
            var size = new DirectoryInfo(folder.Path).EnumerateFiles().Sum(static f => f.Length) / 1e6;
            var (ready, first) = (new List<double>(), new List<double>());
            for (var round = 0; round < scale.Rounds; round++)
            {
                await using var silo = await Server.SiloAsync(folder.Path);
                var clock = Stopwatch.StartNew();
                await ValidateAsync(silo, tokens[(round * 7919) % tokens.Count]);
                ready.Add(silo.ReadyAfter.TotalSeconds);
                first.Add(silo.ReadyAfter.TotalSeconds + clock.Elapsed.TotalSeconds);
            }

            rows.Add(
            [
                Number(count), Number(size) + " MB", Number(Median(ready), 2), Number(Median(first), 2),
                count == 0 ? "" : Number(count / seeding.Elapsed.TotalSeconds),
            ]);
        }

        report.Table(
            $"Cold start, seconds from starting the process, medians of {scale.Rounds}",
            ["tokens stored", "data", "ready", "first valid answer", "tokens seeded per second"],
            rows);
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
}
