using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;

namespace OrleansTokens.Client;

/// <summary>Looks gateways up in Azure Tables.</summary>
public static class AzureTablesGatewayExtensions
{
    /// <summary>An outage is noticed within seconds, and the next look-up is not far.</summary>
    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Has gateways looked up in the table in which the silos of the authority's cluster note themselves: <c>OrleansSiloInstances</c>, laid out
    /// as Orleans' own provider does. It is read only.
    /// </summary>
    /// <param name="options">In place of <see cref="DeployTokenClientOptions.Gateways"/>.</param>
    /// <param name="connectionString">A connection string of the storage account. One that is not is reported when the application's host
    /// starts, and is not repeated there: it holds a key.</param>
    public static void UseAzureTablesGateways(this DeployTokenClientOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        Use(options, () => Connect(connectionString), FaultOf(connectionString));
    }

    /// <summary>The same, with a client of the application's making: with a managed identity, for example, in place of a key.</summary>
    /// <param name="options">In place of <see cref="DeployTokenClientOptions.Gateways"/>.</param>
    /// <param name="client">Makes the client; called once, when the application's host starts. What it throws, the start throws.</param>
    public static void UseAzureTablesGateways(this DeployTokenClientOptions options, Func<TableServiceClient> client)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(client);
        Use(options, client, fault: null);
    }

    private static void Use(DeployTokenClientOptions options, Func<TableServiceClient> connect, string? fault) =>
        options.UseGateways(
            client =>
            {
                var tables = connect();
                client.Services.AddSingleton<IGatewayListProvider>(services =>
                    ActivatorUtilities.CreateInstance<AzureTablesGatewayList>(services, tables));
            },
            fault);

    private static TableServiceClient Connect(string connectionString) => new(
        connectionString, new TableClientOptions { Retry = { MaxRetries = 1, NetworkTimeout = NetworkTimeout } });

    private static string? FaultOf(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return "The connection string of Azure Tables is empty.";
        }

        try
        {
            _ = Connect(connectionString);
            return null;
        }
        catch (Exception fault) when (fault is FormatException or InvalidOperationException or ArgumentException)
        {
            return "The connection string of Azure Tables is none of a storage account.";
        }
    }
}
