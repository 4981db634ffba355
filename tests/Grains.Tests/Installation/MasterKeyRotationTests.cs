using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Tests.Keys;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Installation;

/// <summary>One master key comes, the other goes: what was made under the one that goes, and was seen meanwhile, goes on working.</summary>
public sealed class MasterKeyRotationTests
{
    [Fact]
    public async Task Rotation_WhenATokenWasSeenMeanwhile_ItOutlivesTheOldKey()
    {
        await using var grid = await Grid.StartAsync();
        var issued = await IssuedAsync(grid);
        await grid.RestartAsync(KeySamples.RotatedRing);
        Assert.True((await ValidateAnewAsync(grid, issued)).Allowed);
        await RedigestedAsync(grid, issued);
        await grid.RestartAsync(KeySamples.NewRing);
        Assert.True((await ValidateAnewAsync(grid, issued)).Allowed);
        Assert.True((await grid.ValidateAsync(issued)).Allowed);
    }

    [Fact]
    public async Task Rotation_WhenATokenWasNotSeenMeanwhile_NothingIsConcludedAboutIt()
    {
        await using var grid = await Grid.StartAsync();
        var issued = await IssuedAsync(grid);
        await grid.RestartAsync(KeySamples.RotatedRing);
        await grid.RestartAsync(KeySamples.NewRing);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => ValidateAnewAsync(grid, issued));
        await grid.RestartAsync(KeySamples.RotatedRing);
        Assert.True((await ValidateAnewAsync(grid, issued)).Allowed);
    }

    [Fact]
    public async Task Rotation_WhenATokenIsIssuedUnderTheNewKey_ItWorksAfterTheOldOneIsGone()
    {
        await using var grid = await Grid.StartAsync();
        var old = await IssuedAsync(grid);
        await grid.ValidateAsync(old); // This client knows the old keys only.
        await grid.RestartAsync(KeySamples.RotatedRing);
        var issued = await IssuedAsync(grid);
        grid.ClientTime.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await grid.ValidateAsync(issued)).Allowed);
        await grid.RestartAsync(KeySamples.NewRing);
        Assert.True((await ValidateAnewAsync(grid, issued)).Allowed);
    }

    [Fact]
    public async Task Rotation_WhenAJobsTokenWasReadOrUsedMeanwhile_ItCanBeReadAfterTheOldKeyIsGone()
    {
        await using var grid = await Grid.StartAsync();
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var issued = await grid.TokenAsync(project.AsNamespace, name: DeployTokenVariables.Name);
        await grid.RestartAsync(KeySamples.RotatedRing);
        _ = await grid.Administration.ReadVariablesAsync(project, Making.Operator);
        await grid.RestartAsync(KeySamples.NewRing);
        var given = await grid.Administration.ReadVariablesAsync(project, Making.Operator);
        Assert.Equal(issued.Secret.Reveal(), given!.Secret.Reveal());
    }

    [Fact]
    public async Task Rotation_WhenAWrongSecretIsShown_RedigestsNothing()
    {
        await using var grid = await Grid.StartAsync();
        var issued = await IssuedAsync(grid);
        await grid.RestartAsync(KeySamples.RotatedRing);
        var stored = grid.Storage.Payload(Making.TokenGrain(issued.Token.Id));
        var other = TokenFormat.Issue(TokenPrefixes.Default, 0, issued.Token.Id.Value, KeySamples.One.TagKey);
        var decision = await grid.Validator.ValidateAsync(Credential.SecretOnly(other), RegistryAction.Authenticate);
        Assert.Equal(DenyReason.SecretMismatch, decision.Reason);
        await grid.DeactivateAllAsync();
        Assert.Equal(stored, grid.Storage.Payload(Making.TokenGrain(issued.Token.Id)));
    }

    [Fact]
    public async Task Rotation_WhenTheNewDigestCannotBeStored_TheNextValidationTriesAgain()
    {
        await using var grid = await Grid.StartAsync();
        var issued = await IssuedAsync(grid);
        await grid.RestartAsync(KeySamples.RotatedRing);
        grid.Faults.FailOnce(new GridStep(StepKind.WriteState, "deploy-token", 1), FaultMode.NotApplied);
        Assert.True((await ValidateAnewAsync(grid, issued)).Allowed);
        await Patience.UntilAsync(() => grid.Faults.Happened, "the token was to be redigested");
        await Patience.UntilAsync(
            async () =>
            {
                var outcome = await Outcome.OfAsync(() => grid.ValidateAsync(issued));
                Assert.True(outcome is Outcome.Allowed or "Unavailable", outcome);
                return outcome == Outcome.Allowed && NewestKeyIsUsed(grid, issued);
            },
            "the token was redigested");
    }

    [Fact]
    public async Task Rotation_WhenATokenIsRevokedWhileItIsRedigested_StaysRevoked()
    {
        await using var grid = await Grid.StartAsync();
        var issued = await IssuedAsync(grid);
        await grid.RestartAsync(KeySamples.RotatedRing);
        var held = grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "deploy-token" });
        Assert.True((await ValidateAnewAsync(grid, issued)).Allowed);
        await held.Reached;
        var revoking = grid.RevokeAsync(issued.Token.Id);
        held.Release();
        Assert.False((await revoking)!.AlreadyRevoked);
        Assert.Equal(DenyReason.TokenRevoked, (await grid.ValidateAsync(issued)).Reason);
        await grid.DeactivateAllAsync();
        Assert.Equal(DenyReason.TokenRevoked, (await grid.ValidateAsync(issued)).Reason);
        Assert.True(NewestKeyIsUsed(grid, issued));
    }

    [Fact]
    public async Task Rotation_WhenTheNewestKeyIsMissing_IsRefusedAtTheStart()
    {
        await using var grid = await Grid.StartAsync(KeySamples.RotatedRing);
        await Making.RefusedAsync(ErrorCode.Conflict, () => grid.RestartAsync(KeySamples.OldRing));
    }

    [Fact]
    public async Task Rotation_Always_StoresNoKeyInTheOpen()
    {
        await using var grid = await Grid.StartAsync();
        await grid.RestartAsync(KeySamples.RotatedRing);
        var keys = await grid.Installation.GetGatewayKeysAsync();
        Assert.Equal(2, keys.TagKeys.Length);
        var stored = Assert.Single(grid.Storage.Payloads("installation"));
        Assert.All(keys.TagKeys, key => Assert.DoesNotContain(Convert.ToBase64String([.. key])[..16], stored, StringComparison.Ordinal));
        await grid.RestartAsync(KeySamples.NewRing);
        var after = await grid.Installation.GetGatewayKeysAsync();
        Assert.Equal(keys.TagKeys.Select(static k => Convert.ToHexString([.. k])), after.TagKeys.Select(static k => Convert.ToHexString([.. k])));
    }

    private static async Task<IssuedDeployToken> IssuedAsync(Grid grid) => await grid.TokenAsync((await grid.GroupAsync()).AsNamespace);

    /// <summary>What a gateway says that was started just now.</summary>
    private static async Task<Decision> ValidateAnewAsync(Grid grid, IssuedDeployToken issued)
    {
        await using var client = grid.NewClient();
        return await client.GetRequiredService<DeployTokenValidator>().ValidateAsync(issued.Credential(), RegistryAction.Authenticate);
    }

    private static Task RedigestedAsync(Grid grid, IssuedDeployToken issued) =>
        Patience.UntilAsync(() => NewestKeyIsUsed(grid, issued), "the token was redigested");

    private static bool NewestKeyIsUsed(Grid grid, IssuedDeployToken issued) =>
        grid.Storage.Payload(Making.TokenGrain(issued.Token.Id))!.Contains($"\"digest\":\"{KeySamples.TwoId}:", StringComparison.Ordinal);
}
