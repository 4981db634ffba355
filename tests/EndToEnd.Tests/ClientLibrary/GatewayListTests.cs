using System.Diagnostics;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using OrleansTokens.Client;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;

namespace OrleansTokens.EndToEnd.Tests.ClientLibrary;

/// <summary>Where silos note themselves is written by hand here; gateways and databases are real.</summary>
public sealed class GatewayListTests(GatewayListFixture places) : IClassFixture<GatewayListFixture>
{
    private const string Cluster = DeployTokenClientOptions.DefaultClusterId;

    /// <summary>Lists are read every 5 seconds; everything else is a matter of how busy the machine is.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The part of Orleans' own scripts that clients use; of the other queries, only the names are looked at.</summary>
    private const string MembershipTables = """
        CREATE TABLE OrleansQuery (QueryKey varchar(64) PRIMARY KEY, QueryText varchar(8000) NOT NULL);
        INSERT INTO OrleansQuery SELECT unnest(ARRAY['MembershipReadRowKey', 'MembershipReadAllKey', 'InsertMembershipVersionKey',
            'UpdateIAmAlivetimeKey', 'InsertMembershipKey', 'UpdateMembershipKey', 'DeleteMembershipTableEntriesKey',
            'CleanupDefunctSiloEntriesKey']), 'SELECT 1';
        INSERT INTO OrleansQuery VALUES ('GatewaysQueryKey',
            'SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable
             WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0');
        CREATE TABLE OrleansMembershipTable (
            DeploymentId varchar(150) NOT NULL, Address varchar(45) NOT NULL, Port integer NOT NULL, Generation integer NOT NULL,
            Status integer NOT NULL, ProxyPort integer);
        """;

    [Fact]
    public async Task PostgreSql_WhenTheListChanges_IsFollowed()
    {
        await using var database = NpgsqlDataSource.Create(places.PostgreSql.ConnectionString);
        using var host = await StartAsync(options => options.UsePostgreSqlGateways(places.PostgreSql.ConnectionString));
        Assert.Null(await WhoAnswersAsync(host)); // There are no tables yet.

        await ExecuteAsync(database, MembershipTables);
        await ExecuteAsync(database, $"INSERT INTO OrleansMembershipTable VALUES ('{Cluster}', '127.0.0.1', 1, 1, 3, {places.FirstGateway})");
        await ExecuteAsync(database, $"INSERT INTO OrleansMembershipTable VALUES ('another', '127.0.0.1', 1, 2, 3, {places.SecondGateway})");
        await WaitUntilAnsweredByAsync(GatewayListFixture.First, host);

        await ExecuteAsync(database, $"UPDATE OrleansMembershipTable SET ProxyPort = {places.SecondGateway}, Generation = 3 WHERE Generation = 1");
        await WaitUntilAnsweredByAsync(GatewayListFixture.Second, host);
        await host.StopAsync();

        using var other = await StartAsync(options => options.UsePostgreSqlGateways(database));
        await WaitUntilAnsweredByAsync(GatewayListFixture.Second, other);
        await other.StopAsync();
    }

    [Fact]
    public async Task AzureTables_WhenTheListChanges_IsFollowed()
    {
        var tables = new TableServiceClient(places.Azurite.ConnectionString);
        using var host = await StartAsync(options => options.UseAzureTablesGateways(places.Azurite.ConnectionString));
        Assert.Null(await WhoAnswersAsync(host)); // There is no table yet.

        var silos = tables.GetTableClient("OrleansSiloInstances");
        await silos.CreateIfNotExistsAsync();
        await silos.AddEntityAsync(SiloRow("127.0.0.1-1-1", "Active", places.FirstGateway));
        await WaitUntilAnsweredByAsync(GatewayListFixture.First, host);

        await silos.UpdateEntityAsync(SiloRow("127.0.0.1-1-1", "Dead", places.FirstGateway), Azure.ETag.All, TableUpdateMode.Replace);
        await silos.AddEntityAsync(SiloRow("127.0.0.1-1-2", "Active", places.SecondGateway));
        await WaitUntilAnsweredByAsync(GatewayListFixture.Second, host);
        await host.StopAsync();

        using var other = await StartAsync(options => options.UseAzureTablesGateways(() => tables));
        await WaitUntilAnsweredByAsync(GatewayListFixture.Second, other);
        await other.StopAsync();
    }

    [Fact]
    public async Task AzureTables_WhateverElseIsInTheTable_ListsGatewaysOfTheClusterOnly()
    {
        const string Other = "it's another";
        var tables = new TableServiceClient(places.Azurite.ConnectionString);
        var silos = tables.GetTableClient("OrleansSiloInstances");
        await silos.CreateIfNotExistsAsync();
        foreach (var row in new[]
        {
            SiloRow("127.0.0.1-1-1", "Active", 30001, Other), SiloRow("127.0.0.1-2-7", "Active", 30002, Other),
            SiloRow("fe80::1-3-8", "Active", 30003, Other), SiloRow("127.0.0.1-4-1", "Active", 0, Other),
            SiloRow("127.0.0.1-5-1", "Dead", 30005, Other), SiloRow("127.0.0.1-6-1", "Joining", 30006, Other),
            SiloRow("127.0.0.1-7-1", "Active", 30007, "a third"),
            new TableEntity(Other, "VersionRow") { ["MembershipVersion"] = "5" },
            new TableEntity(Other, "!Start") { ["MembershipVersion"] = "5", ["Status"] = "Active" },
            new TableEntity(Other, "~End") { ["MembershipVersion"] = "5", ["Status"] = "Active", ["ProxyPort"] = "30008" },
        })
        {
            await silos.AddEntityAsync(row);
        }

        var list = new AzureTablesGatewayList(
            tables, Options.Create(new ClusterOptions { ClusterId = Other }),
            Options.Create(new GatewayOptions { GatewayListRefreshPeriod = TimeSpan.FromSeconds(7) }));
        var gateways = await list.GetGateways();
        Assert.Equal(
            ["gwy.tcp://127.0.0.1:30001/1", "gwy.tcp://127.0.0.1:30002/7", "gwy.tcp://[fe80::1]:30003/8"],
            gateways.Select(static gateway => gateway.ToString()).Order(StringComparer.Ordinal));
        Assert.True(list.IsUpdatable);
        Assert.Equal(TimeSpan.FromSeconds(7), list.MaxStaleness);
    }

    private static TableEntity SiloRow(string key, string status, int gateway, string cluster = Cluster)
    {
        var parts = key.Split('-');
        return new TableEntity(cluster, key)
        {
            ["DeploymentId"] = cluster,
            ["Address"] = parts[0],
            ["Port"] = parts[1],
            ["Generation"] = parts[2],
            ["Status"] = status,
            ["ProxyPort"] = $"{gateway}",
        };
    }

    private static async Task<IHost> StartAsync(Action<DeployTokenClientOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDeployTokens(configure);
        builder.Services.AddDeployTokens(static options => options.Deadline = TimeSpan.FromMilliseconds(500));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task WaitUntilAnsweredByAsync(string group, IHost host)
    {
        var started = Stopwatch.GetTimestamp();
        while (await WhoAnswersAsync(host) != group)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"The authority with the group '{group}' did not answer within {Limit}.");
            await Task.Delay(PollInterval, TimeProvider.System);
        }
    }

    /// <summary>The group of the authority that answers; null where none does.</summary>
    private static async Task<string?> WhoAnswersAsync(IHost host)
    {
        try
        {
            var administration = host.Services.GetRequiredService<DeployTokenAdministration>();
            Assert.True(NamespacePath.TryParse(GatewayListFixture.First, out var first));
            return (await administration.ResolveAsync(first)).Target.IsNone ? GatewayListFixture.Second : GatewayListFixture.First;
        }
        catch (TokenAuthorityException fault) when (fault.Code == ErrorCode.Unavailable)
        {
            return null;
        }
    }
}
