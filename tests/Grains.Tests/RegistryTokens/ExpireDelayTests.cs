using OrleansTokens.DeployTokens;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class ExpireDelayTests : IAsyncLifetime
{
    private RegistryGrid _grid = null!;
    private Credential _credential = null!;

    public async ValueTask InitializeAsync()
    {
        _grid = await RegistryGrid.StartAsync();
        var issued = await _grid.IssueTokenAsync((await _grid.CreateGroupAsync("acme")).AsNamespace, DeployTokenScopes.ReadRegistry);
        _credential = Credential.WithUsername(issued.Token.Username, issued.Secret);
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Issue_AfterTheDelayWasSet_MakesTokensThatLiveThatLong()
    {
        Assert.Equal(300, await LifeAsync());
        await SetAsync(15);
        Assert.Equal(900, await LifeAsync());
        await SetAsync(1);
        Assert.Equal(60, await LifeAsync());
        await SetAsync(0);
        Assert.Equal(300, await LifeAsync());
    }

    [Fact]
    public async Task Rotate_AfterTheDelayWasSet_KeepsTheKeyBeforePublishedUntilItsLongestTokenEnds()
    {
        await LifeAsync();
        await SetAsync(60);
        var answer = await _grid.IssueAsync(_credential);
        var keys = await _grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator);
        var used = Assert.Single(keys, k => k.KeyId == RegistryGrid.KeyIdOf(answer));
        var accepted = answer.IssuedAt + TimeSpan.FromSeconds(answer.LifetimeSeconds) + TimeSpan.FromSeconds(60);
        Assert.True(used.PublishedUntil >= accepted, $"Published until {used.PublishedUntil}, accepted until {accepted}.");
    }

    private async Task<int> LifeAsync()
    {
        var answer = await _grid.IssueAsync(_credential);
        var claims = (await _grid.ReadAsync(answer)).Claims;
        var life = (int)(claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(answer.LifetimeSeconds, life);
        return life;
    }

    private Task<ApplicationSettings> SetAsync(int minutes) => _grid.Grains.GetGrain<IApplicationSettingsGrain>(0)
        .ChangeAsync(new ChangeApplicationSettings { ContainerRegistryTokenExpireDelay = minutes }, RegistryGrid.Operator);
}
