using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OrleansTokens.Benchmarks;

/// <summary>What a run of load came to.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
/// <param name="Statuses">How many answers had each status.</param>
internal sealed record LoadResult(double RequestsPerSecond, double P50, double P99, SortedDictionary<int, long> Statuses);

/// <summary>
/// Closed-loop load over raw sockets, in a process of its own: each connection sends the next request when it has the answer to the last.
/// Requests are prepared bytes, so that the generator costs as little as it can beside the server on the same cores.
/// </summary>
internal static class LoadGenerator
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The <c>load</c> verb: port, connections, seconds (0: each request once), file of requests; then, optionally, requests per second
    /// over all connections (0: as fast as answers come) and the loopback address to come from.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (port, connections, seconds) = (int.Parse(args[0], null), int.Parse(args[1], null), double.Parse(args[2], null));
        var requests = (await File.ReadAllTextAsync(args[3])).Split('\0').Select(Encoding.ASCII.GetBytes).ToArray();
        var pace = new Pace(args.Length > 4 ? double.Parse(args[4], null) / connections : 0);
        var from = args.Length > 5 ? IPAddress.Parse(args[5]) : IPAddress.Loopback;
        var load = new Load(port, connections, requests, pace, from);
        if (seconds > 0)
        {
            await MeasureAsync(load, WarmUp, once: false);
        }

        var result = await MeasureAsync(load, TimeSpan.FromSeconds(seconds), once: seconds == 0);
        Console.WriteLine(JsonSerializer.Serialize(result));
        return 0;
    }

    private static async Task<LoadResult> MeasureAsync(Load load, TimeSpan duration, bool once)
    {
        var (port, connections, requests, pace, from) = load;
        var clock = Stopwatch.StartNew();
        var next = -1;
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(async number =>
        {
            var latencies = new List<long>(1 << 16);
            var statuses = new Dictionary<int, long>();
            using var connection = new RawConnection(port, from);
            for (var (i, sent) = (number * (requests.Length / connections), 0); once || clock.Elapsed < duration; i++, sent++)
            {
                var at = once ? Interlocked.Increment(ref next) : i % requests.Length;
                if (at >= requests.Length)
                {
                    break;
                }

                await pace.WaitAsync(clock, sent + ((double)number / connections));
                var started = Stopwatch.GetTimestamp();
                var status = await connection.AskAsync(requests[at]);
                latencies.Add(Stopwatch.GetTimestamp() - started);
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
            }

            return (latencies, statuses);
        }));
        var elapsed = clock.Elapsed;
        var sorted = all.SelectMany(static c => c.latencies).Order().ToArray();
        var counts = new SortedDictionary<int, long>();
        foreach (var (status, count) in all.SelectMany(static c => c.statuses))
        {
            counts[status] = counts.GetValueOrDefault(status) + count;
        }

        return new LoadResult(sorted.Length / elapsed.TotalSeconds, Percentile(sorted, 0.5), Percentile(sorted, 0.99), counts);
    }

    private static double Percentile(long[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)] * 1000.0 / Stopwatch.Frequency;

    private sealed record Load(int Port, int Connections, byte[][] Requests, Pace Pace, IPAddress From);

    /// <summary>When a connection may send: so often a second, and at once when it is late; 0 is always.</summary>
    private sealed record Pace(double PerSecond)
    {
        public Task WaitAsync(Stopwatch clock, double sent)
        {
            var ahead = PerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(sent / PerSecond) - clock.Elapsed;
            return ahead > TimeSpan.FromMilliseconds(1) ? Task.Delay(ahead, TimeProvider.System) : Task.CompletedTask;
        }
    }

    /// <summary>One keep-alive connection that understands just enough of HTTP/1.1.</summary>
    private sealed class RawConnection : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _length;

        public RawConnection(int port, IPAddress from)
        {
            _socket.Bind(new IPEndPoint(from, 0));
            _socket.Connect(IPAddress.Loopback, port);
        }

        public async ValueTask<int> AskAsync(byte[] request)
        {
            await _socket.SendAsync(request);
            _length = 0;
            for (; ; )
            {
                var received = await _socket.ReceiveAsync(_buffer.AsMemory(_length));
                if (received == 0)
                {
                    throw new IOException("The server closed the connection.");
                }

                _length += received;
                if (Status() is { } status)
                {
                    return status;
                }
            }
        }

        public void Dispose() => _socket.Dispose();

        /// <summary>The status once the whole answer is there.</summary>
        private int? Status()
        {
            var text = _buffer.AsSpan(0, _length);
            var end = text.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return null;
            }

            var head = text[..end];
            var body = text[(end + 4)..];
            var status = ((head[9] - '0') * 100) + ((head[10] - '0') * 10) + (head[11] - '0');
            var marker = head.IndexOf("\r\nContent-Length: "u8);
            if (marker < 0)
            {
                return status == 204 || body.EndsWith("0\r\n\r\n"u8) ? status : null;
            }

            var length = 0;
            foreach (var digit in head[(marker + 18)..])
            {
                if (digit is < (byte)'0' or > (byte)'9')
                {
                    break;
                }

                length = (length * 10) + (digit - '0');
            }

            return body.Length >= length ? status : null;
        }
    }
}
