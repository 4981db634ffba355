using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using OrleansTokens.Client;
using OrleansTokens.Grains;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Silo.Http.Oidc;
using OrleansTokens.Silo.Storage;
using OrleansTokens.Silo.Storage.Sqlite;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Puts silo, storage and grains into the process.</summary>
internal static class GridHosting
{
    private const string ClusterName = "orleans-tokens";

    /// <summary>How long a call into the grid may take before its caller is told that the authority is unavailable.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ClientDropTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Adds the embedded grid: one silo, with everything it keeps in one directory.</summary>
    /// <exception cref="SqliteOpenException">The data directory cannot be used.</exception>
    public static void AddGrid(this WebApplicationBuilder builder, GridSettings settings)
    {
        var services = builder.Services;
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownTimeout);
        services.AddSingleton(settings);
        services.AddSingleton(new JsonGrainStateSerializer(GrainStates.CreateJsonOptions()));
        services.AddDeployTokenGrains(
            settings.MasterKeys ?? KeysOf(settings.DataDirectory), settings.Tokens, settings.Jwt, settings.Validation,
            settings.Leases);
        services.AddDeployTokens().Configure<DeployTokenClientOptions>(client => client.MaxCachedDecisions = settings.MaxCachedDecisions);
        services.AddAttemptGuard();
        if (settings.Oidc is { } oidc)
        {
            services.AddOidc(oidc);
        }

        services.AddKeyedSingleton<TimeProvider>(SteadyTime.OfActivations, static (_, _) => new SteadyTime(TimeProvider.System));
        builder.Host.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                settings.SiloPort == 0 ? FreePort() : settings.SiloPort, settings.GatewayPort, serviceId: ClusterName, clusterId: ClusterName);
            silo.Configure<SiloConnectionOptions>(static silos => silos.ConfigureSiloInboundConnection(RefuseAll));
            silo.AddSqliteStorage(options => options.DataDirectory = settings.DataDirectory);
            silo.Configure<SiloMessagingOptions>(static m =>
            {
                m.ResponseTimeout = ResponseTimeout;

                // What is answered to a connection that is gone waits no longer for it to come back, but for the client's next one.
                m.ClientDropTimeout = ClientDropTimeout;
            });
            silo.Configure<GrainCollectionOptions>(static c => c.EnableActivationSheddingOnMemoryPressure = true);
        });
        services.AddSingleton<FirstStart>();
    }

    /// <summary>The master keys in the data directory; one is made only where there is no data yet that another one protects.</summary>
    private static MasterKeyRing KeysOf(string directory)
    {
        var key = Path.Combine(directory, MasterKeyFile.FileName);
        return File.Exists(key) || !File.Exists(Path.Combine(directory, DataDirectory.DatabaseFileName))
            ? MasterKeyFile.ReadOrCreate(directory)
            : throw new MasterKeyFileException(
                $"There is data in {directory}, but no {MasterKeyFile.FileName}: without the key that it was made with, every token would be "
                + "refused. Put the key file back, or configure Grid:MasterKeys.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>There is one silo: whoever comes as another, from this machine, is not let in.</summary>
    private static void RefuseAll(IConnectionBuilder connections) => connections.Use(static _ => static connection =>
    {
        connection.Abort();
        return Task.CompletedTask;
    });
}
