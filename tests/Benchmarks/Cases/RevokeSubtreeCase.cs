using System.Diagnostics;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What it takes to revoke all the tokens below a group, very many of them, and what others notice of it, who ask about tokens of other
/// groups at a steady rate.
/// </summary>
internal static class RevokeSubtreeCase
{
    private const int Connections = 16;
    private const double OthersPerSecond = 1000;

    /// <summary>The first group at the top, and the first project below it.</summary>
    private const string Revocation = "/api/v4/groups/1/deploy_tokens/revoke";

    /// <summary>The load lasts longer than the call, which waits until nobody goes by older answers.</summary>
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.At("data"), scale.ManyTokens + scale.Credentials, projectOf: id => ProjectOf(id, scale));
        var below = new Population([.. tokens.All.Take(scale.ManyTokens)]).Spread(scale.Credentials);
        var others = new Population([.. tokens.All.Skip(scale.ManyTokens)]);
        await using var silo = await Server.SiloAsync(folder.At("data"));
        var order = new LoadOrder(
            silo.Port, Connections, scale.RoundSeconds + Settles.TotalSeconds, folder.Write("others", others.Alive.Select(Requests.ForwardAuth)))
        {
            PerSecond = OthersPerSecond,
        };
        var dying = order with { Seconds = scale.RoundSeconds, PerSecond = 0, Requests = folder.Write("below", below.Alive.Select(Requests.ForwardAuth)) };
        await LoadGenerator.StartAsync(dying); // So that they are in use.
        using var http = silo.Operator();
        var revoked = new List<double>();
        var rounds = await Rounds.RunAsync(
            scale,
            [
                new Contender("before", _ => LoadGenerator.StartAsync(order)),
                new Contender("during", _ => WhileRevokingAsync(order, http, revoked)),
            ]);
        var after = await LoadGenerator.StartAsync(dying);
        if (after.Refused != after.Statuses.Values.Sum())
        {
            throw new InvalidOperationException("Tokens are accepted that were revoked.");
        }

        report.Table(
            $"Revocation of a group's {Number(scale.ManyTokens)} tokens over HTTP, while others ask {Number(OthersPerSecond)} times a second over "
            + $"{Connections} connections; medians of {scale.Rounds} rounds",
            ["revocation, s", "others' p50 ms before", "during", "others' p99 ms before", "during", "answers to others"],
            [
                [
                    Number(Median(revoked.Skip(1)), 3), Number(rounds.Of("before", static r => r.P50), 2), Number(rounds.Of("during", static r => r.P50), 2),
                    Number(rounds.Of("before", static r => r.P99), 2), Number(rounds.Of("during", static r => r.P99), 2), rounds.Answers("during"),
                ],
            ]);
    }

    private static int ProjectOf(int id, Scale scale) => id <= scale.ManyTokens
        ? id % Tree.ProjectsOfTopGroup
        : Tree.ProjectsOfTopGroup + (id % (Tree.Projects - Tree.ProjectsOfTopGroup));

    private static async Task<LoadResult> WhileRevokingAsync(LoadOrder order, HttpClient http, List<double> revoked)
    {
        var load = LoadGenerator.StartAsync(order);
        await Task.Delay(TimeSpan.FromSeconds(order.WarmUpSeconds) + TimeSpan.FromSeconds(1), TimeProvider.System);
        var clock = Stopwatch.StartNew();
        using var answer = await http.PostAsync(new Uri(Revocation, UriKind.Relative), null);
        revoked.Add(clock.Elapsed.TotalSeconds);
        answer.EnsureSuccessStatusCode();
        return await load;
    }
}
