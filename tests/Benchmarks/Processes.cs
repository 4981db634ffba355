using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace OrleansTokens.Benchmarks;

/// <summary>A process that the benchmarks started, and stop.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const string OperatorToken = "benchmark-operator-token";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;

    private Server(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>How long it took from starting the process until it was ready.</summary>
    public TimeSpan ReadyAfter { get; private init; }

    /// <summary>The authority itself, over a data directory.</summary>
    public static Task<Server> SiloAsync(string data) => StartAsync(
        Path.Combine(AppContext.BaseDirectory, "OrleansTokens.Silo.dll"),
        port => ["--urls", $"http://127.0.0.1:{port}", $"--Grid:DataDirectory={data}", $"--Grid:AdminToken={OperatorToken}"],
        "/readyz");

    /// <summary>The same web server, set up the same way, that answers everything with 200 and nothing else.</summary>
    public static Task<Server> ConstantAsync() =>
        StartAsync(typeof(Server).Assembly.Location, port => ["constant", $"http://127.0.0.1:{port}"], "/");

    /// <summary>Load on a server, from another process.</summary>
    public static async Task<LoadResult> LoadAsync(
        int port, int connections, double seconds, string requests, int perSecond = 0, string from = "127.0.0.1")
    {
        string[] arguments = ["load", $"{port}", $"{connections}", FormattableString.Invariant($"{seconds}"), requests, $"{perSecond}", from];
        using var process = Start(typeof(Server).Assembly.Location, arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<LoadResult>(output) ?? throw new InvalidOperationException("The load generator said nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        using var stop = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await stop.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Server> StartAsync(string assembly, Func<int, string[]> arguments, string readyPath)
    {
        var port = FreePort();
        var clock = Stopwatch.StartNew();
        var process = Start(assembly, arguments(port));
        _ = process.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient();
        while (!await IsReadyAsync(http, new Uri($"http://127.0.0.1:{port}{readyPath}")))
        {
            if (process.HasExited || clock.Elapsed > StartsWithin)
            {
                throw new InvalidOperationException($"{assembly} did not become ready.");
            }

            await Task.Delay(LookAgainAfter, TimeProvider.System);
        }

        return new Server(process, port) { ReadyAfter = clock.Elapsed };
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

    private static Process Start(string assembly, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments.Prepend(assembly))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{assembly} does not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The <c>constant</c> verb.</summary>
internal static class ConstantServer
{
    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false).UseUrls(url);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Map("/{**any}", static () => TypedResults.Ok());
        await app.RunAsync();
        return 0;
    }
}
