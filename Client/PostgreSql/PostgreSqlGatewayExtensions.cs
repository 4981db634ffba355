using Npgsql;
using Orleans.Configuration;

namespace OrleansTokens.Client;

/// <summary>Looks gateways up in PostgreSQL.</summary>
public static class PostgreSqlGatewayExtensions
{
    private const string Invariant = "Npgsql";

    /// <summary>
    /// Has gateways looked up in the database in which the silos of the authority's cluster note themselves, in the tables of Orleans' own
    /// scripts. It is read only: <c>OrleansQuery</c> and <c>OrleansMembershipTable</c>.
    /// </summary>
    /// <param name="options">In place of <see cref="DeployTokenClientOptions.Gateways"/>.</param>
    /// <param name="connectionString">A connection string of Npgsql, with at least a host. One that is not is reported when the application's
    /// host starts, and is not repeated there: it may hold a password.</param>
    public static void UsePostgreSqlGateways(this DeployTokenClientOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.UseGateways(
            client => client.UseAdoNetClustering((AdoNetClusteringClientOptions clustering) =>
                (clustering.Invariant, clustering.ConnectionString) = (Invariant, connectionString)),
            FaultOf(connectionString));
    }

    /// <summary>The same, with connections of a data source: where passwords change, or are tokens of an identity.</summary>
    /// <param name="options">In place of <see cref="DeployTokenClientOptions.Gateways"/>.</param>
    /// <param name="database">Makes the connections. Whoever made it disposes of it, after the client.</param>
    public static void UsePostgreSqlGateways(this DeployTokenClientOptions options, NpgsqlDataSource database)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(database);
        options.UseGateways(client => client.UseAdoNetClustering((AdoNetClusteringClientOptions clustering) =>
            (clustering.Invariant, clustering.DataSource) = (Invariant, database)));
    }

    private static string? FaultOf(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return "The connection string of PostgreSQL is empty.";
        }

        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connectionString).Host)
                ? "The connection string of PostgreSQL names no host."
                : null;
        }
        catch (ArgumentException)
        {
            return "The connection string of PostgreSQL is none that Npgsql understands.";
        }
    }
}
