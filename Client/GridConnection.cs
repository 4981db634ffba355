using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;

namespace OrleansTokens.Client;

/// <summary>
/// An Orleans client of the authority's cluster, in a service container of its own: the application may be part of another cluster, and
/// its start must not wait for this one. Connects in the background, for as long as it takes.
/// </summary>
internal sealed partial class GridConnection(
    IOptions<DeployTokenClientOptions> options, ConnectionLoss loss, ILoggerFactory loggers, TimeProvider time) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>For so long a gateway that was lost is not tried while there are others.</summary>
    private static readonly TimeSpan GatewayRefreshPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long Orleans waits for an answer at least. Calls end at <see cref="DeployTokenClientOptions.Deadline"/> in any case, see
    /// <see cref="GridCalls"/>; but when it connects, Orleans asks what grains there are, and pauses for 5 seconds where a busy gateway
    /// takes longer to say so.
    /// </summary>
    private static readonly TimeSpan MinResponseTimeout = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger<GridConnection>();
    private readonly CancellationTokenSource _stopping = new();
    private ServiceProvider? _services;
    private Task _connecting = Task.CompletedTask;
    private IGrainFactory? _grains;
    private int _attempts;
    private int _disposed;

    /// <summary>The authority's grains, once there has been a connection. Orleans itself makes it anew when it is lost.</summary>
    /// <exception cref="TokenAuthorityException">There has been none yet.</exception>
    public IGrainFactory Grains =>
        Volatile.Read(ref _grains) ?? throw TokenAuthorityException.Unavailable("There is no connection to the authority yet.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _services = BuildClient();
        _connecting = ConnectAsync(_services);
        try
        {
            await _connecting.WaitAsync(options.Value.Deadline, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogStartedWithout();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var connected = Interlocked.Exchange(ref _grains, null) is not null;
        loss.NotifyClusterConnectionLost();
        foreach (var client in connected ? HostedIn(_services!) : [])
        {
            await client.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container knows it as two services.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _connecting.WaitAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private static IEnumerable<IHostedService> HostedIn(IServiceProvider services) => services.GetServices<IHostedService>();

    private async Task ConnectAsync(ServiceProvider services)
    {
        foreach (var client in HostedIn(services))
        {
            // It looks at its token only between attempts.
            await client.StartAsync(_stopping.Token).WaitAsync(_stopping.Token);
        }

        Volatile.Write(ref _grains, services.GetRequiredService<IClusterClient>());
        LogConnected();
    }

    private ServiceProvider BuildClient()
    {
        var settings = options.Value;
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddOrleansClient(client => UseGateways(client, settings)
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.ClusterId, settings.ServiceId))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeoutOf(settings))
            .Configure<GatewayOptions>(static gateways => gateways.GatewayListRefreshPeriod = GatewayRefreshPeriod)
            .AddClusterConnectionStatusObserver(loss)
            .UseConnectionRetryFilter(RetryAsync));

        // What crosses the wire is found by name only where the application's own build has looked for it.
        services.AddSerializer(static serializer => serializer.AddAssembly(typeof(IDeployTokenGrain).Assembly));
        return services.BuildServiceProvider();
    }

    private static TimeSpan ResponseTimeoutOf(DeployTokenClientOptions settings) =>
        settings.Deadline < MinResponseTimeout ? MinResponseTimeout : settings.Deadline;

    private static IClientBuilder UseGateways(IClientBuilder client, DeployTokenClientOptions settings)
    {
        if (settings.GatewaySources is [var source])
        {
            source.Configure(client);
            return client;
        }

        return client.UseStaticClustering([.. settings.Gateways.Select(ConnectionValidator.ParseGateway).OfType<System.Net.IPEndPoint>()]);
    }

    private async Task<bool> RetryAsync(Exception fault, CancellationToken cancellation)
    {
        if (_attempts++ == 0)
        {
            LogAway(fault.GetBaseException().Message);
        }
        else
        {
            LogStillAway(fault);
        }

        await Task.Delay(RetryAfter, time, cancellation);
        return true;
    }
}
