using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Errors;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests;

public sealed class DeadlineTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(1);

    private readonly CountingGrid _grid = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;

    public DeadlineTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(_grid.Factory);
        services.AddDeployTokens().Configure<DeployTokenClientOptions>(static options => options.Deadline = Deadline);
        _services = services.BuildServiceProvider();
    }

    private DeployTokenValidator Validator => _services.GetRequiredService<DeployTokenValidator>();

    [Fact]
    public async Task Validate_WhenTheTokensGrainStaysSilent_IsUnavailableAtTheDeadline()
    {
        await ValidateAsync();
        _grid.Silent = true;
        await UnavailableAtTheDeadlineAsync(ValidateAsync());
    }

    [Fact]
    public async Task Validate_WhenTheKeysStayAway_IsUnavailableAtTheDeadline()
    {
        _grid.Silent = true;
        await UnavailableAtTheDeadlineAsync(ValidateAsync());
        Assert.Equal((1, 0), (_grid.KeyCalls, _grid.TokenCalls));
    }

    [Fact]
    public async Task Validate_WhenTheKeysStayedAwayOnce_FetchesThemAgain()
    {
        _grid.Silent = true;
        await UnavailableAtTheDeadlineAsync(ValidateAsync());
        _grid.Silent = false;
        Assert.True((await ValidateAsync()).Allowed);
    }

    [Fact]
    public async Task Administration_WhenTheGridStaysSilent_IsUnavailableAtTheDeadline()
    {
        _grid.Silent = true;
        await UnavailableAtTheDeadlineAsync(_services.GetRequiredService<DeployTokenAdministration>().RevokeBySecretAsync(
            _grid.Issue(), default, "leaked"));
    }

    [Fact]
    public async Task Client_WithoutAConnection_IsUnavailableAtOnce()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDeployTokens(static options => options.Gateways.Add("127.0.0.1:30000"));
        await using var provider = services.BuildServiceProvider();
        await UnavailableAsync(provider.GetRequiredService<DeployTokenValidator>().ValidateAsync(
            Credential.SecretOnly(_grid.Issue()), RegistryAction.Authenticate).AsTask());
        await UnavailableAsync(provider.GetRequiredService<OperatorAdministration>().GetAsync(new OperatorId(1)));
    }

    private async Task UnavailableAtTheDeadlineAsync(Task call)
    {
        _time.Advance(Deadline - AMoment);
        Assert.False(call.IsCompleted);
        _time.Advance(AMoment);
        await UnavailableAsync(call);
    }

    private static async Task UnavailableAsync(Task call) =>
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(() => call)).Code);

    private Task<Decision> ValidateAsync() =>
        Validator.ValidateAsync(Credential.SecretOnly(_grid.Issue()), RegistryAction.Authenticate).AsTask();
}
