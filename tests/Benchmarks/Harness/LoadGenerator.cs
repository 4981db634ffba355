using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace OrleansTokens.Benchmarks;

/// <summary>What load to make.</summary>
/// <param name="Port">Of the server, on loopback.</param>
/// <param name="Connections">How many connections ask.</param>
/// <param name="Seconds">For how long; 0: each request is sent once.</param>
/// <param name="Requests">The file of requests, a NUL between two.</param>
internal sealed record LoadOrder(int Port, int Connections, double Seconds, string Requests)
{
    /// <summary>Requests a second over all connections; 0: each connection asks again when it has its answer.</summary>
    public double PerSecond { get; init; }

    /// <summary>The loopback address to come from.</summary>
    public string From { get; init; } = "127.0.0.1";

    /// <summary>How long the same load runs before it is measured.</summary>
    public double WarmUpSeconds { get; init; } = 1;
}

/// <summary>What a run of load came to.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
/// <param name="Statuses">How many answers had each status.</param>
/// <param name="Refused">How many answers refused: by their status, or because they say that a token is not active.</param>
/// <param name="Timeline">How many answers came in each <see cref="LoadGenerator.Tick"/>.</param>
internal sealed record LoadResult(
    double RequestsPerSecond, double P50, double P99, SortedDictionary<int, long> Statuses, long Refused, IReadOnlyList<int> Timeline);

/// <summary>
/// Closed-loop load over raw sockets, in a process of its own: each connection sends the next request when it has the answer to the last.
/// Requests are prepared bytes, so that the generator costs as little as it can beside the server on the same cores.
/// </summary>
internal static class LoadGenerator
{
    public const string Verb = "load";

    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes load from another process, and says what it came to.</summary>
    public static async Task<LoadResult> StartAsync(LoadOrder order)
    {
        var result = await ChildProcess.RunOwnAsync(Verb, JsonSerializer.Serialize(order));
        return JsonSerializer.Deserialize<LoadResult>(result) ?? throw new InvalidOperationException("The load generator said nothing.");
    }

    /// <summary>What that process does.</summary>
    public static async Task<int> RunAsync(string json)
    {
        var order = JsonSerializer.Deserialize<LoadOrder>(json) ?? throw new ArgumentException("There is no order.", nameof(json));
        var requests = (await File.ReadAllTextAsync(order.Requests)).Split('\0').Select(Encoding.ASCII.GetBytes).ToArray();
        if (order is { Seconds: > 0, WarmUpSeconds: > 0 })
        {
            await MeasureAsync(order with { Seconds = order.WarmUpSeconds }, requests);
        }

        Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(order, requests)));
        return 0;
    }

    private static async Task<LoadResult> MeasureAsync(LoadOrder order, byte[][] requests)
    {
        var shared = new Shared(order, requests, Stopwatch.StartNew());
        var all = await Task.WhenAll(Enumerable.Range(0, order.Connections).Select(number => AskAsync(shared, number)));
        var elapsed = shared.Clock.Elapsed;
        var latencies = all.SelectMany(static c => c.Answers).Select(static a => a.Took).Order().ToArray();
        var statuses = new SortedDictionary<int, long>();
        foreach (var (status, count) in all.SelectMany(static c => c.Statuses))
        {
            statuses[status] = statuses.GetValueOrDefault(status) + count;
        }

        var ticks = new int[(int)(elapsed / Tick) + 1];
        foreach (var (at, _) in all.SelectMany(static c => c.Answers))
        {
            ticks[(int)(TimeSpan.FromTicks(at) / Tick)]++;
        }

        return new LoadResult(
            latencies.Length / elapsed.TotalSeconds, Milliseconds(latencies, 0.5), Milliseconds(latencies, 0.99), statuses, all.Sum(static c => c.Refused),
            ticks);
    }

    private static async Task<Asked> AskAsync(Shared shared, int number)
    {
        var (order, requests, clock) = shared;
        var asked = new Asked();
        var once = order.Seconds == 0;
        var pace = order.PerSecond / order.Connections;
        using var connection = new RawConnection(order.Port, IPAddress.Parse(order.From));
        for (var sent = 0; once || clock.Elapsed.TotalSeconds < order.Seconds; sent++)
        {
            var at = once ? shared.Next() : ((number * (requests.Length / order.Connections)) + sent) % requests.Length;
            if (at >= requests.Length)
            {
                break;
            }

            await WaitAsync(clock, pace, sent + ((double)number / order.Connections));
            var started = clock.Elapsed.Ticks;
            var answer = await connection.AskAsync(requests[at]);
            var answered = clock.Elapsed.Ticks;
            asked.Answers.Add((answered, answered - started));
            asked.Statuses[answer.Status] = asked.Statuses.GetValueOrDefault(answer.Status) + 1;
            asked.Refused += answer.Refused ? 1 : 0;
        }

        return asked;
    }

    /// <summary>Waits until a connection may send: so often a second, and at once when it is late; 0 is always.</summary>
    private static Task WaitAsync(Stopwatch clock, double perSecond, double sent)
    {
        var ahead = perSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(sent / perSecond) - clock.Elapsed;
        return ahead > TimeSpan.FromMilliseconds(1) ? Task.Delay(ahead, TimeProvider.System) : Task.CompletedTask;
    }

    private static double Milliseconds(long[] sorted, double share) => Report.Percentile(sorted, share) / TimeSpan.TicksPerMillisecond;

    private sealed record Shared(LoadOrder Order, byte[][] Requests, Stopwatch Clock)
    {
        private int _next = -1;

        public int Next() => Interlocked.Increment(ref _next);
    }

    private sealed class Asked
    {
        public List<(long At, long Took)> Answers { get; } = new(1 << 16);

        public Dictionary<int, long> Statuses { get; } = [];

        public long Refused { get; set; }
    }
}
