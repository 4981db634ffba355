using System.Globalization;
using System.Net;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace OrleansTokens.Client;

/// <summary>The gateways of a cluster as its silos note them in the table of Orleans' own provider.</summary>
/// <param name="tables">The tables of a storage account.</param>
/// <param name="cluster">Which cluster.</param>
/// <param name="gateways">How old what was read may be.</param>
internal sealed class AzureTablesGatewayList(TableServiceClient tables, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateways)
    : IGatewayListProvider
{
    private const string Address = "Address";
    private const string ProxyPort = "ProxyPort";
    private const string Generation = "Generation";

    private static readonly string[] Read = [Address, ProxyPort, Generation];

    private readonly TableClient _silos = tables.GetTableClient("OrleansSiloInstances");

    public TimeSpan MaxStaleness => gateways.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {cluster.Value.ClusterId} and Status eq {"Active"} and ProxyPort ne {"0"}");
        var found = new List<Uri>();
        try
        {
            await foreach (var row in _silos.QueryAsync<TableEntity>(filter, select: Read, cancellationToken: cancellationToken))
            {
                if (GatewayOf(row) is { } gateway)
                {
                    found.Add(gateway);
                }
            }
        }
        catch (RequestFailedException fault) when (fault.Status == (int)HttpStatusCode.NotFound)
        {
            // The table comes with the first silo.
        }

        return found;
    }

    /// <summary>
    /// The gateway of a silo; null where the row is none of a silo, like those that say how new the others are and count as active, too.
    /// </summary>
    private static Uri? GatewayOf(TableEntity row) =>
        IPAddress.TryParse(row.GetString(Address), out var address)
        && int.TryParse(row.GetString(ProxyPort), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is > IPEndPoint.MinPort and <= IPEndPoint.MaxPort
        && int.TryParse(row.GetString(Generation), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var generation)
            ? SiloAddress.New(address, port, generation).ToGatewayUri()
            : null;
}
