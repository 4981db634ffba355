using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansTokens.Errors;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests;

public sealed class ClientOptionsTests
{
    [Fact]
    public async Task Start_WhenOptionsAreWrong_ReportsEveryFaultAtOnce()
    {
        using var host = Build(static options =>
        {
            options.Gateways.Add("tokens.example:30000");
            options.Gateways.Add("127.0.0.1");
            options.Gateways.Add("0.0.0.0:30000");
            options.ClusterId = "";
            options.ServiceId = new string('x', 101);
            options.Deadline = TimeSpan.Zero;
            options.MaxCachedDecisions = -1;
        });
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        string[] named = ["Deadline", "MaxCachedDecisions", "tokens.example:30000", "'127.0.0.1'", "0.0.0.0:30000", "ClusterId", "ServiceId"];
        Assert.All(named, name => Assert.Contains(fault.Failures, failure => failure.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(named.Length, fault.Failures.Count());
    }

    [Fact]
    public async Task Start_WithoutAGateway_SaysSo()
    {
        using var host = Build(static _ => { });
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("Gateways", Assert.Single(fault.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:30000")]
    [InlineData("[::1]:30000")]
    public void Gateway_WhenAnAddressWithPort_IsTaken(string gateway) =>
        Assert.Equal(30000, ConnectionValidator.ParseGateway(gateway)?.Port);

    [Fact]
    public async Task Start_WhenNoGatewayAnswers_RunsAndIsUnavailable()
    {
        using var host = Build(static options =>
        {
            options.Gateways.Add($"127.0.0.1:{ClosedPort()}");
            options.Deadline = DeployTokenClientOptions.MinDeadline;
        });
        await host.StartAsync();
        var validator = host.Services.GetRequiredService<DeployTokenValidator>();
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() =>
            validator.ValidateAsync(Credential.SecretOnly(new CountingGrid().Issue()), RegistryAction.Authenticate).AsTask());
        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        await host.StopAsync();
    }

    [Fact]
    public async Task Client_WhenAddedTwice_CountsAllThatWasConfigured()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDeployTokens(static options => options.Gateways.Add($"127.0.0.1:{ClosedPort()}"));
        builder.Services.AddDeployTokens(static options => options.Deadline = DeployTokenClientOptions.MinDeadline);
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Single(host.Services.GetServices<IHostedService>());
        await host.StopAsync();
    }

    [Fact]
    public void Validator_WithoutClientAndSilo_SaysWhatToCall()
    {
        using var services = new ServiceCollection().AddDeployTokens().BuildServiceProvider();
        var fault = Assert.Throws<InvalidOperationException>(services.GetRequiredService<DeployTokenValidator>);
        Assert.Contains("AddDeployTokens", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Client_OfTheApplicationsOwn_SaysWhenItsConnectionIsLost()
    {
        using var services = new ServiceCollection().AddSingleton(new CountingGrid().Factory).AddDeployTokens().AddDeployTokens()
            .BuildServiceProvider();
        Assert.Same(
            services.GetRequiredService<OrleansTokens.Client.Leases.ConnectionLoss>(),
            Assert.Single(services.GetServices<IClusterConnectionStatusObserver>()));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Limits.MaxCachedDecisions + 1)]
    public void Validator_WhenItIsToKeepMoreThanItMay_SaysSo(int decisions)
    {
        using var services = new ServiceCollection().AddSingleton(new CountingGrid().Factory).AddDeployTokens()
            .Configure<DeployTokenClientOptions>(options => options.MaxCachedDecisions = decisions).BuildServiceProvider();
        var fault = Assert.Throws<OptionsValidationException>(services.GetRequiredService<DeployTokenValidator>);
        Assert.Contains("MaxCachedDecisions", Assert.Single(fault.Failures), StringComparison.Ordinal);
    }

    private static IHost Build(Action<DeployTokenClientOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDeployTokens(configure);
        return builder.Build();
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
