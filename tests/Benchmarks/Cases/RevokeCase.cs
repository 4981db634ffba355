using System.Diagnostics;
using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// How long a revocation takes while processes hold leases. Tokens that nobody holds and tokens that all of them hold take turns, under the
/// same load.
/// </summary>
internal static class RevokeCase
{
    private const int Processes = 4;
    private const int Callers = 4;
    private const double QuestionsPerSecond = 2000; // Of each process: every token is asked for within half a lease.
    private const string Nobodys = "held by nobody";
    private static readonly string Everybodys = $"held by {Processes} processes";

    public static async Task RunAsync(Report report, Scale scale)
    {
        await RevokeTokensAsync(report, scale);
        await RevokeSubtreeCase.RunAsync(report, scale);
    }

    private static async Task RevokeTokensAsync(Report report, Scale scale)
    {
        var batch = scale.Revocations / 20;
        var needed = (scale.Rounds + 1) * batch; // The first round is not counted.
        using var folder = new TemporaryFolder();
        var tokens = (await Seed.WriteAsync(folder.At("data"), 3 * needed)).Alive;
        var held = tokens.Skip(needed).ToList();
        new Population(held).Save(folder.At("held"));
        await using var silo = await Server.SiloAsync(folder.At("data"));
        var askers = Enumerable.Range(0, Processes)
            .Select(_ => AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("held")))).ToList();
        try
        {
            await Task.WhenAll(askers.Select(static asker => asker.AskAsync(seconds: 0, Callers)));
            using var http = silo.Operator();
            var (nobodys, everybodys) = (new Queue<SeededToken>(tokens.Take(needed)), new Queue<SeededToken>(held.Take(needed)));
            var rounds = await Rounds.RunAsync(
                scale,
                [
                    new Contender(Nobodys, seconds => UnderLoadAsync(askers, seconds, () => RevokeAsync(http, nobodys, batch))),
                    new Contender(Everybodys, seconds => UnderLoadAsync(askers, seconds, () => RevokeAsync(http, everybodys, batch))),
                ]);
            await CheckAsync(askers, needed);
            report.Table(
                $"Revocations over HTTP, one after the other, durable and obeyed when answered; meanwhile {Processes} processes ask "
                + $"{Number(QuestionsPerSecond)} times a second each; medians of {scale.Rounds} rounds of {batch} revocations",
                ["token", "p50 ms", "p99 ms", "answers"],
                new[] { Nobodys, Everybodys }.Select(name => new[]
                {
                    name, Number(rounds.Of(name, static r => r.P50), 2), Number(rounds.Of(name, static r => r.P99), 2), rounds.Answers(name),
                }));
        }
        finally
        {
            foreach (var asker in askers)
            {
                await asker.DisposeAsync();
            }
        }
    }

    private static async Task<LoadResult> UnderLoadAsync(List<AskerProcess> askers, double seconds, Func<Task<LoadResult>> work)
    {
        var load = askers.Select(asker => asker.AskAsync(seconds, Callers, QuestionsPerSecond)).ToList();
        var result = await work();
        await Task.WhenAll(load);
        return result;
    }

    private static async Task<LoadResult> RevokeAsync(HttpClient http, Queue<SeededToken> tokens, int count)
    {
        var (tally, clock) = (new Tally(), Stopwatch.StartNew());
        for (var i = 0; i < count; i++)
        {
            var started = clock.Elapsed;
            using var answer = await http.PostAsync(new Uri($"/api/v4/deploy_tokens/{tokens.Dequeue().Id}/revoke", UriKind.Relative), null);
            tally.Note(started, clock.Elapsed, (int)answer.StatusCode, !answer.IsSuccessStatusCode);
        }

        return Tally.Sum([tally], clock.Elapsed);
    }

    /// <summary>What was revoked must be refused, and nothing else.</summary>
    private static async Task CheckAsync(List<AskerProcess> askers, int revoked)
    {
        foreach (var asker in askers)
        {
            var asked = await asker.AskAsync(seconds: 0, Callers);
            if (asked.Refused != revoked)
            {
                throw new InvalidOperationException($"{asked.Refused} tokens are refused, and not the {revoked} that are revoked.");
            }
        }
    }
}
