using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace OrleansTokens.Client.Tests;

public sealed class GatewayOptionsTests
{
    private const string Password = "hunter2";

    public static TheoryData<string, Action<DeployTokenClientOptions>> Faulty => new()
    {
        { "PostgreSQL is empty", static options => options.UsePostgreSqlGateways("") },
        { "PostgreSQL names no host", static options => options.UsePostgreSqlGateways($"Username=u;Password={Password}") },
        { "PostgreSQL is none", static options => options.UsePostgreSqlGateways($"Host=h;Unheard={Password}") },
        { "Azure Tables is empty", static options => options.UseAzureTablesGateways(" ") },
        { "Azure Tables is none", static options => options.UseAzureTablesGateways($"AccountKey={Password}") },
        { "Azure Tables is none", static options => options.UseAzureTablesGateways(Password) },
        {
            "named or looked up", static options =>
            {
                options.Gateways.Add("127.0.0.1:30000");
                options.UsePostgreSqlGateways("Host=h");
            }
        },
        {
            "named or looked up", static options =>
            {
                options.UsePostgreSqlGateways("Host=h");
                options.UseGateways(static _ => throw new InvalidOperationException("It is not to run."));
            }
        },
        { "somewhere else", static options => options.UseGateways(static _ => throw new InvalidOperationException("It is not to run."), "somewhere else") },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public async Task Start_WhenThePlaceOfGatewaysIsWrong_SaysSoWithoutSecrets(string named, Action<DeployTokenClientOptions> configure)
    {
        using var host = Build(configure);
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(named, Assert.Single(fault.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAListOfTheApplicationsOwn_AsksItAgainUntilThereIsAGateway()
    {
        var list = new EmptyList();
        using var host = Build(options =>
        {
            options.UseGateways(client => client.Services.AddSingleton<IGatewayListProvider>(list));
            options.Deadline = DeployTokenClientOptions.MinDeadline;
        });
        await host.StartAsync();
        await list.AskedTwice.WaitAsync(TimeSpan.FromSeconds(30));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(100, 5_000)]
    [InlineData(20_000, 20_000)]
    public async Task Connection_WhateverTheDeadline_LeavesABusyGatewayTheTimeToSayWhatThereIs(int deadline, int expected)
    {
        var timeout = new TaskCompletionSource<TimeSpan>();
        using var host = Build(options =>
        {
            options.UseGateways(client => client.Services.AddSingleton<IGatewayListProvider>(services =>
            {
                timeout.SetResult(services.GetRequiredService<IOptions<ClientMessagingOptions>>().Value.ResponseTimeout);
                return new EmptyList();
            }));
            options.Deadline = TimeSpan.FromMilliseconds(deadline);
        });
        var starting = host.StartAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(expected), await timeout.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await host.StopAsync();
        _ = await Task.WhenAny(starting); // It was given up, or had given up itself.
    }

    private static IHost Build(Action<DeployTokenClientOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDeployTokens(configure);
        return builder.Build();
    }

    private sealed class EmptyList : IGatewayListProvider
    {
        private readonly TaskCompletionSource _askedTwice = new();
        private int _asked;

        public Task AskedTwice => _askedTwice.Task;

        public TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

        public bool IsUpdatable => true;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways()
        {
            if (Interlocked.Increment(ref _asked) == 2)
            {
                _askedTwice.SetResult();
            }

            return Task.FromResult<IList<Uri>>([]);
        }
    }
}
