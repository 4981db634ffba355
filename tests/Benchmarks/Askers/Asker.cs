using System.Globalization;
using System.Net;
using System.Text.Json;
using Orleans.Configuration;
using OrleansTokens.Client;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Benchmarks;

/// <summary>How an asker is set up.</summary>
/// <param name="GatewayPort">Of the silo.</param>
/// <param name="Credentials">The file of credentials to show; see <see cref="Population.Save"/>.</param>
internal sealed record AskerSetUp(int GatewayPort, string Credentials)
{
    /// <summary>Whether the silo is the bare one, which is called with nothing between.</summary>
    public bool Bare { get; init; }

    /// <summary>How many decisions the library keeps; null: as many as where nothing is set.</summary>
    public int? Kept { get; init; }
}

/// <summary>What a process can do that asks a silo as .NET registries do.</summary>
internal enum AskerWork
{
    /// <summary>Ask.</summary>
    Ask,

    /// <summary>Ask as fast as threads can; see <see cref="Stepping"/>.</summary>
    Step,

    /// <summary>The same, with the least that any cache does in the library's place.</summary>
    Hash,

    /// <summary>Say how much memory it needs.</summary>
    Memory,
}

/// <summary>What it is to do next.</summary>
internal sealed record AskerOrder(AskerWork Work)
{
    /// <summary>For how long; 0: every credential is shown once.</summary>
    public double Seconds { get; init; }

    /// <summary>How many ask at once.</summary>
    public int Callers { get; init; }

    /// <summary>Questions a second of all callers; 0: each asks again when it has its answer.</summary>
    public double PerSecond { get; init; }
}

/// <summary>A process that uses the client library, or calls the bare silo, and does what it is told, line by line.</summary>
internal static class Asker
{
    public const string Verb = "ask";

    public static async Task<int> RunAsync(string json)
    {
        var setUp = JsonSerializer.Deserialize<AskerSetUp>(json)!;
        var shown = File.ReadLines(setUp.Credentials).Select(Shown.Read).ToArray();
        using var host = setUp.Bare ? BuildBare(setUp) : BuildLibrary(setUp);
        await host.StartAsync();
        var stepping = setUp.Bare ? null : new Stepping(host.Services.GetRequiredService<DeployTokenValidator>(), shown);
        var target = setUp.Bare
            ? (ITarget)new BareTarget(host.Services.GetRequiredService<IClusterClient>(), shown)
            : new LibraryTarget(host.Services.GetRequiredService<DeployTokenValidator>(), shown);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var order = JsonSerializer.Deserialize<AskerOrder>(line)!;
            object answer = order.Work switch
            {
                AskerWork.Ask => await new Asking(target, order).RunAsync(),
                AskerWork.Step or AskerWork.Hash when stepping is not null => await stepping.RunAsync(order),
                _ => MemoryUse.Measure() with { Kept = host.Services.GetService<ClientMetrics>()?.Entries ?? 0 },
            };
            Console.WriteLine(JsonSerializer.Serialize(answer));
        }

        await host.StopAsync();
        return 0;
    }

    private static IHost BuildLibrary(AskerSetUp setUp)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddDeployTokens(options =>
        {
            options.Gateways.Add(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{setUp.GatewayPort}"));
            options.MaxCachedDecisions = setUp.Kept ?? options.MaxCachedDecisions;
        });
        return builder.Build();
    }

    private static IHost BuildBare(AskerSetUp setUp)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, setUp.GatewayPort))
            .Configure<ClusterOptions>(static cluster => (cluster.ClusterId, cluster.ServiceId) = (BareSilo.ClusterName, BareSilo.ClusterName)));
        return builder.Build();
    }
}

/// <summary>What is shown, and where it is to count.</summary>
internal readonly record struct Shown(long Id, Credential Credential, Resource Resource)
{
    public static Shown Read(string line)
    {
        var columns = line.Split('\t');
        return Secret.TryCreate(columns[2], out var secret) && NamespacePath.TryParse(columns[3], out var path)
            ? new Shown(
                long.Parse(columns[0], CultureInfo.InvariantCulture), Credential.WithUsername(columns[1], secret), Resource.At(path))
            : throw new FormatException("A credential cannot be read.");
    }
}
