using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OrleansTokens.Benchmarks;

/// <summary>A server in a process of its own, on a free port of loopback.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const string OperatorToken = "benchmark-operator-token";
    public const string ClientId = "benchmark";
    public const string ClientSecret = "secret-of-the-benchmark";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(10);

    private Server(ChildProcess process, int port) => (Process, Port) = (process, port);

    public ChildProcess Process { get; }

    public int Port { get; }

    /// <summary>Where a silo is reached by .NET clients.</summary>
    public int GatewayPort { get; private init; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>How long it took from starting the process until it was ready.</summary>
    public TimeSpan ReadyAfter { get; private init; }

    /// <summary>The setting with which a silo keeps no decision for those who ask over HTTP.</summary>
    public const string KeepsNothing = "Leases:MaxCachedDecisions=0";

    /// <summary>The setting with which each decision reads storage.</summary>
    public const string ReadsEachTime = "Leases:Length=00:00:00";

    /// <summary>The authority itself, over a data directory, with settings such as <c>Leases:MaxCachedDecisions=0</c>.</summary>
    public static Task<Server> SiloAsync(string data, params string[] settings) => StartSiloAsync((port, gateway) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "OrleansTokens.Silo.dll"), .. SiloArguments(port, gateway, data, settings)]));

    /// <summary>The authority itself in a process that can be asked for its <see cref="MemoryUse"/>.</summary>
    public static Task<Server> HostedSiloAsync(string data, params string[] settings) => StartSiloAsync(
        (port, gateway) => ChildProcess.StartOwn([HostedSilo.Verb, .. SiloArguments(port, gateway, data, settings)]), ignoreOutput: false);

    /// <summary>A silo with nothing in it but a grain that echoes.</summary>
    public static Task<Server> BareSiloAsync() =>
        StartSiloAsync(static (port, gateway) => ChildProcess.StartOwn(BareSilo.Verb, $"http://127.0.0.1:{port}", $"{gateway}"));

    /// <summary>The same web server, set up the same way, that answers everything with a constant.</summary>
    public static Task<Server> ConstantAsync() =>
        StartAsync("/", static port => ChildProcess.StartOwn(ConstantServer.Verb, $"http://127.0.0.1:{port}"));

    /// <summary>Starts a process on a free port, and waits until it answers with success.</summary>
    public static Task<Server> StartAsync(string readyPath, Func<int, ChildProcess> start) =>
        StartAsync(readyPath, start, gatewayPort: 0, ignoreOutput: true);

    private static IEnumerable<string> SiloArguments(int port, int gateway, string data, string[] settings) =>
    [
        "--urls", $"http://127.0.0.1:{port}", $"--Grid:DataDirectory={data}", $"--Grid:GatewayPort={gateway}", $"--Grid:AdminToken={OperatorToken}",
        $"--Grid:OAuth:Clients:0:Id={ClientId}", $"--Grid:OAuth:Clients:0:Secret={ClientSecret}",
        .. settings.Select(static setting => "--Grid:" + setting),
    ];

    private static Task<Server> StartSiloAsync(Func<int, int, ChildProcess> start, bool ignoreOutput = true)
    {
        var gateway = FreePort();
        return StartAsync("/readyz", port => start(port, gateway), gateway, ignoreOutput);
    }

    private static async Task<Server> StartAsync(string readyPath, Func<int, ChildProcess> start, int gatewayPort, bool ignoreOutput)
    {
        var port = FreePort();
        var clock = Stopwatch.StartNew();
        var process = start(port);
        if (ignoreOutput)
        {
            process.IgnoreOutput();
        }

        using var http = new HttpClient();
        while (!await IsReadyAsync(http, new Uri($"http://127.0.0.1:{port}{readyPath}")))
        {
            if (process.HasExited || clock.Elapsed > StartsWithin)
            {
                var errors = process.Errors;
                await process.DisposeAsync();
                throw new InvalidOperationException("A server did not become ready:\n" + errors);
            }

            await Task.Delay(LookAgainAfter, TimeProvider.System);
        }

        return new Server(process, port) { ReadyAfter = clock.Elapsed, GatewayPort = gatewayPort };
    }

    /// <summary>Collects the garbage of a hosted silo, and says what is left.</summary>
    public Task<MemoryUse> MeasureMemoryAsync() => Process.AskAsync<MemoryUse>("memory");

    /// <summary>A client with the right to administer a silo.</summary>
    public HttpClient Operator()
    {
        var http = new HttpClient { BaseAddress = new Uri(Address) };
        http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", OperatorToken);
        return http;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri address)
    {
        try
        {
            using var answer = await http.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
