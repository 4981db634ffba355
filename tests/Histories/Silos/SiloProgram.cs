using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Hosting;
using Orleans.Runtime.Placement;
using Orleans.Storage;
using OrleansTokens.Client;
using OrleansTokens.Grains;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Installation;

namespace OrleansTokens.Histories.Silos;

/// <summary>The <c>silo</c> verb: a silo of the product, on the storage of the coordinator.</summary>
internal static class SiloProgram
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>For so long answers wait for a client whose connection is gone, although it could be reached through another gateway.</summary>
    private static readonly TimeSpan ClientDropTimeout = TimeSpan.FromSeconds(2);

    private static readonly GrainType Tokens = GrainType.Create("deploy-token");

    private static readonly MasterKeyRing Keys = MasterKeyRing.Of(new MasterKey([.. Enumerable.Range(1, MasterKey.Length).Select(i => (byte)i)]));

    public static async Task<int> RunAsync(ProcessOptions options)
    {
        await using var coordinator = await Peer.ConnectAsync(options.CoordinatorPort);
        var links = new SiloLinks(coordinator);
        coordinator.On<LinksMessage, Nothing>(Operations.Links, message =>
        {
            links.Set(message);
            return ValueTask.FromResult(Nothing.Instance);
        });
        coordinator.Start();
        await coordinator.CallAsync<HelloMessage, Nothing>(Operations.Hello, new HelloMessage(options.Name));
        _ = ProcessOptions.EndWithAsync(coordinator);

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.UseOrleans(silo => Configure(silo, options, new StoreClient(coordinator), links));
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IInstallationGrain>(0).ConfirmMasterKeyAsync();
        await coordinator.CallAsync<HelloMessage, Nothing>(Operations.Ready, new HelloMessage(options.Name));
        await host.WaitForShutdownAsync();
        return 0;
    }

    private static void Configure(ISiloBuilder silo, ProcessOptions options, StoreClient store, SiloLinks links)
    {
        var storage = new SharedGrainStorage(store);
        silo.Services.AddSingleton(options.CreateTime());
        silo.Services.AddSingleton<IMembershipTable>(new SharedMembershipTable(store));
        silo.Services.AddSingleton<IGridIndex>(new SharedIndex(store));
        silo.Services.AddSingleton<IRecordVersions>(storage);
        silo.Services.AddGrainStorage<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage);
        silo.Services.AddDeployTokenGrains(
            Keys, new DeployTokenOptions(), new RegistryTokenOptions(), leases: new LeaseOptions { Length = options.Lease, Protections = options.Protections });
        if (options.Duplicates)
        {
            silo.Services.AddSingleton<IGrainDirectoryResolver>(new DirectoryOf(Tokens, new OwnDirectory()));
            silo.Services.AddSingleton<IPlacementStrategyResolver>(new OnOwnSilo(Tokens));
        }

        silo.Configure<ClusterOptions>(static cluster =>
            (cluster.ClusterId, cluster.ServiceId) =
            (DeployTokenClientOptions.DefaultClusterId, DeployTokenClientOptions.DefaultClusterId));
        silo.Configure<SiloOptions>(names => names.SiloName = options.Name);
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = IPAddress.Loopback;
            endpoints.SiloPort = options.SiloPort;
            endpoints.GatewayPort = options.GatewayPort;
        });
        silo.Configure<ClusterMembershipOptions>(ConfigureMembership);
        silo.Configure<SiloMessagingOptions>(static messaging =>
            (messaging.ResponseTimeout, messaging.ClientDropTimeout) = (ResponseTimeout, ClientDropTimeout));
        silo.Configure<SiloConnectionOptions>(links.Configure);
    }

    /// <summary>Faster than a product should be: a silo that was killed is out within two seconds or so.</summary>
    private static void ConfigureMembership(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(0.5);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 1;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(3);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
    }
}
