using System.Text.Json;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>Tokens created and revoked per second over HTTP, each durable in SQLite when it is answered.</summary>
internal static class StorageCase
{
    private static readonly int[] Callers = [1, 16, 64];

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        await Seed.WriteAsync(folder.Path, tokens: 1);
        await using var silo = await Server.SiloAsync(folder.Path);
        var creations = folder.Write("creations", Enumerable.Range(1, Tree.Projects).Select(Creation));
        var rows = new List<string[]>();
        foreach (var callers in Callers)
        {
            var created = await LoadGenerator.StartAsync(new LoadOrder(silo.Port, callers, scale.RoundSeconds, creations));
            rows.Add(Row("create", callers, created));
        }

        var ids = await ListAsync(silo, scale.Revocations * Callers.Length);
        foreach (var (callers, share) in Callers.Zip(ids.Chunk(Math.Max(1, ids.Count / Callers.Length))))
        {
            var requests = folder.Write($"revocations-{callers}", share.Select(Revocation));
            rows.Add(Row("revoke", callers, await LoadGenerator.StartAsync(new LoadOrder(silo.Port, callers, 0, requests))));
        }

        report.Table(
            "Creations and revocations, SQLite, synchronous=FULL", ["operation", "callers", "per second", "p50 ms", "p99 ms", "answers"], rows);
    }

    private static string[] Row(string operation, int callers, LoadResult result) =>
    [
        operation, Number(callers), Number(result.RequestsPerSecond), Number(result.P50, 2), Number(result.P99, 2),
        string.Join(", ", result.Statuses.Select(static s => $"{s.Key}: {s.Value}")),
    ];

    private static string Creation(int project) =>
        Requests.Administer($"/api/v4/projects/{project}/deploy_tokens", """{"name":"ci","scopes":["read_registry"]}""");

    private static string Revocation(long id) => Requests.Administer($"/api/v4/deploy_tokens/{id}/revoke", "{}");

    private static async Task<List<long>> ListAsync(Server silo, int count)
    {
        using var http = silo.Operator();
        var ids = new List<long>();
        for (var page = 1; ids.Count < count; page++)
        {
            var tokens = await http.GetFromJsonAsync<JsonElement>($"/api/v4/deploy_tokens?per_page=100&page={page}");
            if (tokens.GetArrayLength() == 0)
            {
                break;
            }

            ids.AddRange(tokens.EnumerateArray().Select(static t => t.GetProperty("id").GetInt64()));
        }

        return ids;
    }
}
