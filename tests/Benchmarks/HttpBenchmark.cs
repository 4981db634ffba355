using System.Text;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>Requests per second of the two hot surfaces, against the same web server answering a constant, in turn.</summary>
internal static class HttpBenchmark
{
    private const int Connections = 64;

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.Path, scale.HttpTokens);
        await using var silo = await Server.SiloAsync(folder.Path);
        await using var constant = await Server.ConstantAsync();
        var revoked = await RevokeAsync(silo, tokens);
        var alive = tokens.Except(revoked).ToList();

        var git = alive.Select(t => ForwardAuth(t, t.Secret)).ToList();
        var bad = alive.Select(t => ForwardAuth(t, Mistype(t.Secret))).ToList();
        (string Name, int Port, IEnumerable<string> Requests)[] cases =
        [
            ("constant", constant.Port, git),
            ("forward-auth, allowed", silo.Port, git),
            ("forward-auth, 5 % forged", silo.Port, git.Select((request, i) => i % 20 == 0 ? bad[i] : request)),
            ("forward-auth, forged", silo.Port, bad),
            ("forward-auth, wrong username", silo.Port, alive.Select(t => ForwardAuth(t with { Username = "nobody" }, t.Secret))),
            ("forward-auth, revoked", silo.Port, revoked.Select(t => ForwardAuth(t, t.Secret))),
            ("jwt/auth, pull and push", silo.Port, alive.Select(JwtAuth)),
        ];
        var files = cases.Select((c, i) => folder.Write($"requests-{i}", string.Join('\0', c.Requests))).ToArray();
        var results = cases.Select(static _ => new List<LoadResult>()).ToArray();
        for (var round = 0; round < scale.Rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
            {
                results[i].Add(await Server.LoadAsync(cases[i].Port, Connections, scale.RoundSeconds, files[i]));
            }
        }

        var baseline = Median(results[0].Select(static r => r.RequestsPerSecond));
        report.Table(
            $"HTTP, {Connections} connections, {alive.Count:N0} tokens, medians of {scale.Rounds} rounds of {scale.RoundSeconds} s, in turn",
            ["case", "requests/s", "of the constant", "p50 ms", "p99 ms", "answers"],
            cases.Select((c, i) => Row(c.Name, results[i], baseline)));
    }

    private static string[] Row(string name, List<LoadResult> results, double baseline)
    {
        var rate = Median(results.Select(static r => r.RequestsPerSecond));
        return
        [
            name, Number(rate), Number(100 * rate / baseline) + " %", Number(Median(results.Select(static r => r.P50)), 2),
            Number(Median(results.Select(static r => r.P99)), 2), string.Join(", ", results.SelectMany(static r => r.Statuses.Keys).Distinct().Order()),
        ];
    }

    public static async Task<List<SeededToken>> RevokeAsync(Server silo, IReadOnlyList<SeededToken> tokens)
    {
        using var http = Operator(silo);
        var found = tokens.Take(tokens.Count / 20).ToList();
        foreach (var token in found)
        {
            var id = token.Username[(token.Username.LastIndexOf('-') + 1)..];
            using var answer = await http.PostAsync(new Uri($"{silo.Address}/api/v4/deploy_tokens/{id}/revoke"), null);
            answer.EnsureSuccessStatusCode();
        }

        return found;
    }

    public static HttpClient Operator(Server silo)
    {
        var http = new HttpClient { BaseAddress = new Uri(silo.Address) };
        http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", Server.OperatorToken);
        return http;
    }

    public static string ForwardAuth(SeededToken token, string secret) =>
        $"GET /forward-auth HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {Basic(token.Username, secret)}\r\n"
        + $"X-Original-URI: /{token.Project}.git/info/refs?service=git-upload-pack\r\nX-Original-Method: GET\r\n\r\n";

    public static string JwtAuth(SeededToken token) => JwtAuth(token, token.Secret);

    public static string JwtAuth(SeededToken token, string secret) =>
        $"GET /jwt/auth?service=container_registry&scope=repository:{token.Project}:pull,push HTTP/1.1\r\nHost: localhost\r\n"
        + $"Authorization: Basic {Basic(token.Username, secret)}\r\n\r\n";

    private static string Basic(string username, string secret) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));

    /// <summary>A token with one character of its random part changed: its tag is wrong.</summary>
    public static string Mistype(string secret) => secret[..^20] + (secret[^20] == 'A' ? 'B' : 'A') + secret[^19..];
}
