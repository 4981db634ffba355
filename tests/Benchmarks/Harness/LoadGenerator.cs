using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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

/// <summary>
/// Closed-loop load over raw sockets, in a process of its own: each connection sends the next request when it has the answer to the last.
/// Requests are prepared bytes, so that the generator costs as little as it can beside the server on the same cores.
/// </summary>
internal static class LoadGenerator
{
    public const string Verb = "load";

    /// <summary>
    /// Makes load from another process, and says what it came to. In hundreds of runs that process was seen to crash once, in the runtime,
    /// which says nothing of the server: then it is started again, once, and says so.
    /// </summary>
    public static async Task<LoadResult> StartAsync(LoadOrder order)
    {
        string result;
        try
        {
            result = await ChildProcess.RunOwnAsync(Verb, JsonSerializer.Serialize(order));
        }
        catch (ProcessFailedException failure) when (failure.Crashed)
        {
            Console.Error.WriteLine(failure.Message + "\nThe load is made again.");
            result = await ChildProcess.RunOwnAsync(Verb, JsonSerializer.Serialize(order));
        }

        return JsonSerializer.Deserialize<LoadResult>(result) ?? throw new InvalidOperationException("The load generator said nothing.");
    }

    /// <summary>What that process does.</summary>
    public static async Task<int> RunAsync(string json)
    {
        var order = JsonSerializer.Deserialize<LoadOrder>(json) ?? throw new ArgumentException("There is no order.", nameof(json));
        var requests = (await File.ReadAllTextAsync(order.Requests)).Split('\0').Select(Encoding.ASCII.GetBytes).ToArray();
        try
        {
            if (order is { Seconds: > 0, WarmUpSeconds: > 0 })
            {
                await MeasureAsync(order with { Seconds = order.WarmUpSeconds }, requests);
            }

            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(order, requests)));
            return 0;
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private static async Task<LoadResult> MeasureAsync(LoadOrder order, byte[][] requests)
    {
        var connections = Enumerable.Range(0, order.Connections).Select(_ => new RawConnection(order.Port, IPAddress.Parse(order.From))).ToList();
        var shared = new Shared(order, requests, Stopwatch.StartNew());
        var all = await Task.WhenAll(connections.Select((connection, number) => AskAsync(shared, connection, number)));
        return Tally.Sum(all, shared.Clock.Elapsed);
    }

    private static async Task<Tally> AskAsync(Shared shared, RawConnection connection, int number)
    {
        using var closing = connection;
        var (order, requests, clock) = shared;
        var tally = new Tally();
        var once = order.Seconds == 0;
        var pace = new Pace(clock, order.PerSecond, order.Connections);
        for (var sent = 0; once || clock.Elapsed.TotalSeconds < order.Seconds; sent++)
        {
            var at = once ? shared.Next() : ((number * (requests.Length / order.Connections)) + sent) % requests.Length;
            if (at >= requests.Length)
            {
                break;
            }

            await pace.WaitAsync(number, sent);
            var asked = clock.Elapsed;
            var (status, refused) = await connection.AskAsync(requests[at]);
            tally.Note(asked, clock.Elapsed, status, refused);
        }

        return tally;
    }

    private sealed record Shared(LoadOrder Order, byte[][] Requests, Stopwatch Clock)
    {
        private int _next = -1;

        public int Next() => Interlocked.Increment(ref _next);
    }
}
