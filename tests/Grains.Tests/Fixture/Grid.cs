using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansTokens.Client;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Grains.Tests.Keys;
using OrleansTokens.Installation;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>
/// A silo with the grains and a client, in this process. Storage and index outlive the silo. Everything that a test needs of the outside
/// is here.
/// </summary>
public sealed class Grid : IAsyncLifetime
{
    private static readonly string[] GrainTypes =
    [
        "group", "project", "path-entry", "deploy-token", "installation", "operator", "operator-token", "id-block", "group-transfer",
        "application-settings",
        "audit", "audit-segment",
    ];

    /// <summary>No grain waits for another one to end.</summary>
    private static readonly TimeSpan SoonEnough = Patience.Limit / 2;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ServiceProvider _client;
    private InProcessTestCluster? _cluster;

    public Grid()
    {
        Storage = new MemoryStorage(Faults);
        Index = new MemoryIndex(Faults);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(ClientTime);
        services.AddSingleton<IGrainFactory>(_ => Cluster.Client);
        services.AddDeployTokens();
        _client = services.BuildServiceProvider();
    }

    public Faults Faults { get; } = new();

    public MemoryStorage Storage { get; }

    public MemoryIndex Index { get; }

    public CallCounter Calls { get; } = new();

    public GrainClock Clock { get; } = new();

    /// <summary>The client's own time: when it fetches the keys of the gate again.</summary>
    public FakeTimeProvider ClientTime { get; } = new();

    /// <summary>The master keys that silos started from now on have.</summary>
    public MasterKeyRing Ring { get; set; } = KeySamples.OldRing;

    /// <summary>For how long decisions may be used by silos started from now on; by default not at all.</summary>
    public LeaseOptions Leases { get; set; } = new() { Length = TimeSpan.Zero };

    /// <summary>By which ages are counted, where decisions may be used for a while.</summary>
    public FakeTimeProvider LeaseTime { get; } = new();

    /// <summary>How long a caller within the grid, or of it, waits for an answer.</summary>
    public TimeSpan ResponseTimeout { get; init; } = Patience.Limit;

    public DeployTokenValidator Validator => _client.GetRequiredService<DeployTokenValidator>();

    public DeployTokenAdministration Administration => _client.GetRequiredService<DeployTokenAdministration>();

    public OperatorAdministration Operators => _client.GetRequiredService<OperatorAdministration>();

    public IGrainFactory Grains => Cluster.Client;

    public IInstallationGrain Installation => Grains.GetGrain<IInstallationGrain>(0);

    private InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("Not deployed.");

    /// <summary>A grid of one test's own.</summary>
    public static async Task<Grid> StartAsync(MasterKeyRing? ring = null)
    {
        var grid = new Grid { Ring = ring ?? KeySamples.OldRing };
        await grid.InitializeAsync();
        return grid;
    }

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(static host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) => Configure(silo));
        builder.ConfigureClient(client =>
        {
            client.Configure<GatewayOptions>(static options => options.GatewayListRefreshPeriod = TimeSpan.FromMilliseconds(50));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        await Installation.ConfirmMasterKeyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await _client.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    /// <summary>Stops the silo as an operator does, after one with other master keys has joined.</summary>
    public async Task RestartAsync(MasterKeyRing? ring = null)
    {
        Ring = ring ?? Ring;
        var old = Cluster.Silos[0];
        await Cluster.StartAdditionalSiloAsync();
        await Cluster.StopSiloAsync(old);
        await ReachedAsync();
        await Installation.ConfirmMasterKeyAsync();
    }

    /// <summary>Starts another silo.</summary>
    public Task AddSiloAsync() => Cluster.StartAdditionalSiloAsync();

    /// <summary>Kills the silo, whatever it is doing. Another is there already.</summary>
    public async Task KillAsync()
    {
        var old = Cluster.Silos[0];
        await Cluster.StartAdditionalSiloAsync();
        await Cluster.KillSiloAsync(old);
        await ReachedAsync();
    }

    /// <summary>Ends every activation, and none takes long to end, so that all that grains know from here on is what storage has.</summary>
    public async Task DeactivateAllAsync()
    {
        var active = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        await Task.WhenAll(active
            .Where(static grain => GrainTypes.Contains(grain.GrainId.Type.ToString()))
            .Select(grain => Cluster.DeactivateAsync(grain.GrainId))).WaitAsync(SoonEnough, TimeProvider.System);
    }

    /// <summary>Ends the activation of one node.</summary>
    public Task DeactivateAsync(NamespaceId node) => Cluster.DeactivateAsync(Making.NodeGrain(node));

    /// <summary>Waits until these nodes, which were deleted, are put away with all they held.</summary>
    public Task PutAwayAsync(params NamespaceId[] nodes) => Patience.UntilAsync(
        () => nodes.All(node => Storage.Payload(Making.NodeGrain(node)) is { } state
            && state.Contains("\"deleted_at\"", StringComparison.Ordinal)
            && !state.Contains("\"put_away_pending\"", StringComparison.Ordinal)),
        "everything was put away");

    /// <summary>A client of its own, which knows nothing yet.</summary>
    public ServiceProvider NewClient() => new ServiceCollection()
        .AddSingleton<TimeProvider>(ClientTime)
        .AddSingleton(Grains)
        .AddDeployTokens()
        .BuildServiceProvider();

    /// <summary>The client has found the new silo, and the new silo knows that it is alone.</summary>
    private Task ReachedAsync() => Patience.UntilAsync(
        async () =>
        {
            try
            {
                var hosts = Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
                return (await hosts.WaitAsync(AskAgainAfter, TimeProvider.System)).Count == 1;
            }
            catch (Exception fault) when (fault is OrleansException or TimeoutException)
            {
                // A question that went to the silo that was killed is answered by nobody.
                return false;
            }
        },
        "the client found the new silo");

    private void Configure(ISiloBuilder silo)
    {
        // Every activation has a scope of its own. Orleans itself goes by the real time: silos of other years distrust each other.
        silo.Services.AddSingleton<Root>();
        silo.Services.AddScoped<TimeProvider>(scope => scope.GetRequiredService<Root>().Is(scope) ? TimeProvider.System : Clock);
        silo.Services.AddSingleton<IGridIndex>(Index);
        silo.Services.AddDeployTokenGrains(
            Ring, new DeployTokenOptions(), new RegistryTokenOptions(), leases: Leases);
        silo.Services.AddSingleton<IRecordVersions>(Storage);
        silo.Services.AddSingleton(Leases.Length > TimeSpan.Zero ? LeaseClock.Of(LeaseTime) : LeaseClock.System);
        silo.Services.AddGrainStorage<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => Storage);
        silo.AddIncomingGrainCallFilter(Calls);
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }

    /// <summary>Knows the services that no activation owns.</summary>
    private sealed class Root(IServiceProvider services)
    {
        public bool Is(IServiceProvider other) => ReferenceEquals(services, other);
    }
}
