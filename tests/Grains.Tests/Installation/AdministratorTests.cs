using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Tests.Keys;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Tests.Installation;

public sealed class AdministratorTests
{
    private static readonly Secret A = Making.Secret("glpat-administrator-a");
    private static readonly Secret B = Making.Secret("glpat-administrator-b");

    [Fact]
    public async Task Administrator_WhenATokenIsGiven_ItIsTheAdministrators()
    {
        await using var grid = await Grid.StartAsync();
        Assert.Null(await grid.Installation.EnsureAdministratorAsync(A));
        Assert.Equal(
            new OperatorPrincipal(new OperatorId(1), "root", "Administrator", true), await grid.AuthenticateAsync(A));
        Assert.Null(await grid.AuthenticateAsync(B));
        Assert.Null(await grid.Installation.EnsureAdministratorAsync(A));
        Assert.Null(await grid.Installation.EnsureAdministratorAsync(null));
        await grid.DeactivateAllAsync();
        Assert.NotNull(await grid.AuthenticateAsync(A));
    }

    [Fact]
    public async Task Administrator_WhenAnotherTokenIsGiven_TheOneBeforeIsDead()
    {
        await using var grid = await Grid.StartAsync();
        await grid.Installation.EnsureAdministratorAsync(A);
        await grid.Installation.EnsureAdministratorAsync(B);
        await OnlyAsync(grid, B, A);
        await grid.Installation.EnsureAdministratorAsync(A);
        await OnlyAsync(grid, A, B);
        await grid.DeactivateAllAsync();
        await OnlyAsync(grid, A, B);
    }

    [Fact]
    public async Task Administrator_WhenNoTokenIsGiven_OneIsMadeAndShownOnce()
    {
        await using var grid = await Grid.StartAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => grid.Installation.EnsureAdministratorAsync(null)));
        var shown = Assert.Single(made, static m => m is not null)!;
        Assert.Matches("^glpat-[0-9A-Za-z_-]{20,}$", shown.Reveal());
        Assert.True((await grid.AuthenticateAsync(shown))!.IsAdministrator);
        await grid.Installation.EnsureAdministratorAsync(A);
        await OnlyAsync(grid, A, shown);
    }

    [Fact]
    public async Task Administrator_Always_IsStoredWithoutAnythingTheTokenFollowsFrom()
    {
        await using var grid = await Grid.StartAsync();
        await grid.Installation.EnsureAdministratorAsync(A);
        Assert.All(
            grid.Storage.Payloads("installation").Concat(grid.Storage.Payloads("operator-token")),
            static stored => Assert.DoesNotContain("administrator-a", stored, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Administrator_WhenSeenDuringARotation_OutlivesTheOldKey()
    {
        await using var grid = await Grid.StartAsync();
        await grid.Installation.EnsureAdministratorAsync(A);
        await grid.RestartAsync(KeySamples.RotatedRing);
        Assert.NotNull(await grid.AuthenticateAsync(A));
        await Patience.UntilAsync(
            () => grid.Storage.Payloads("operator-token").Count == 2, "the token was granted under the new key");
        await grid.RestartAsync(KeySamples.NewRing);
        Assert.NotNull(await grid.AuthenticateAsync(A));
        Assert.Null(await grid.Installation.EnsureAdministratorAsync(null));
    }

    [Fact]
    public async Task Administrator_WhenGivenAtEveryStart_OutlivesTheOldKeyUnseen()
    {
        await using var grid = await Grid.StartAsync();
        foreach (var ring in new[] { KeySamples.OldRing, KeySamples.RotatedRing, KeySamples.NewRing })
        {
            await grid.RestartAsync(ring);
            await grid.Installation.EnsureAdministratorAsync(A);
            Assert.NotNull(await grid.AuthenticateAsync(A));
        }

        await grid.Installation.EnsureAdministratorAsync(B);
        await OnlyAsync(grid, B, A);
    }

    [Fact]
    public async Task Administrator_WhenChangedAfterARotation_IsDeadUnderEveryKey()
    {
        await using var grid = await Grid.StartAsync();
        await grid.Installation.EnsureAdministratorAsync(A);
        await grid.RestartAsync(KeySamples.RotatedRing);
        await grid.AuthenticateAsync(A);
        await Patience.UntilAsync(() => grid.Storage.Payloads("operator-token").Count == 2, "the token was granted under the new key");
        await grid.Installation.EnsureAdministratorAsync(B);
        await OnlyAsync(grid, B, A);
        await grid.RestartAsync(KeySamples.NewRing);
        await OnlyAsync(grid, B, A);
    }

    private static async Task OnlyAsync(Grid grid, Secret alive, Secret dead)
    {
        Assert.NotNull(await grid.AuthenticateAsync(alive));
        Assert.Null(await grid.AuthenticateAsync(dead));
    }
}
