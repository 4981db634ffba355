using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>Hours of work in small: a steady load below what the machine can do, while tokens are issued, revoked and expire.</summary>
internal static class SoakCase
{
    private const int Connections = 64;
    private const double OfCeiling = 0.7;
    private const double TokensPerSecond = 20;
    private const double LibraryPerSecond = 5000;

    public static async Task RunAsync(Report report, Scale scale)
    {
        using var folder = new TemporaryFolder();
        var tokens = await Seed.WriteAsync(folder.At("data"), scale.Credentials);
        await using var silo = await Server.SiloAsync(folder.At("data"));
        var order = new LoadOrder(silo.Port, Connections, scale.RoundSeconds, folder.Write("requests", tokens.Mixed.Select(Requests.ForwardAuth)));
        var ceiling = await MeasureCeilingAsync(order, scale);
        new Population([.. tokens.Mixed]).Save(folder.At("credentials"));
        await using var library = AskerProcess.Start(new AskerSetUp(silo.GatewayPort, folder.At("credentials")));
        using var churn = new Churn(silo, TokensPerSecond);
        using var stopping = new CancellationTokenSource();
        var churning = churn.RunAsync(stopping.Token);
        var rows = new List<string[]>();
        var part = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerMinute, scale.Soak.Ticks / 3));
        for (var at = part; at <= scale.Soak; at += part)
        {
            var asking = library.AskAsync(part.TotalSeconds, Connections, LibraryPerSecond);
            var load = await LoadGenerator.StartAsync(
                order with { Seconds = part.TotalSeconds, PerSecond = OfCeiling * ceiling, WarmUpSeconds = 0 });
            rows.Add([Number(at.TotalMinutes, 1), .. Cells(load), .. Cells(await asking), .. Cells(churn), .. Cells(silo.Process, library.Process)]);
        }

        await stopping.CancelAsync();
        await churning;
        report.Table(
            $"{Number(OfCeiling * ceiling)} requests/s to forward-auth, {Percent(OfCeiling)} of the ceiling of {Number(ceiling)}, 5 % of them bad; "
            + $"{Number(LibraryPerSecond)} questions/s of the same to the client library in another process; and {Number(TokensPerSecond)} tokens a "
            + "second that are issued, used, and then revoked or expired",
            [
                "minutes", "requests/s", "p50 ms", "p99 ms", "refused", "neither 200 nor 401", "library: questions/s", "p50 ms", "p99 ms", "refused",
                "unavailable", "tokens issued", "wrong answers about them", "silo, resident MB", "library, resident MB",
            ],
            rows);
    }

    private static async Task<double> MeasureCeilingAsync(LoadOrder order, Scale scale)
    {
        var rounds = await Rounds.RunAsync(scale, [Contender.Http("ceiling", order.Port, order.Requests, order.Connections)]);
        return rounds.Of("ceiling", static r => r.RequestsPerSecond);
    }

    private static string[] Cells(LoadResult load) =>
    [
        Number(load.RequestsPerSecond), Number(load.P50, 2), Number(load.P99, 2), Percent((double)load.Refused / load.Statuses.Values.Sum(), 1),
        Number(load.Statuses.Where(static s => s.Key is not (200 or 401)).Sum(static s => s.Value)),
    ];

    private static string[] Cells(Churn churn)
    {
        var (lived, wrong) = churn.Take();
        return [Number(lived), wrong.Count == 0 ? "0" : $"{Number(wrong.Count)}: {string.Join(", ", wrong.Distinct())}"];
    }

    private static IEnumerable<string> Cells(params ChildProcess[] processes) => processes.Select(static p => Number(p.ResidentBytes / 1e6));
}
