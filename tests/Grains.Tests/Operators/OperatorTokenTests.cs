using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Operators;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Tests.Keys;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Tests.Operators;

public sealed class OperatorTokenTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Issue_Always_MakesATokenThatStandsForItsOperator()
    {
        var ann = await Grid.OperatorAsync();
        var issued = await Grid.OperatorTokenAsync(ann, OperatorTokenScopes.ReadApi);

        Assert.Matches("^glpat-[0-9A-Za-z_-]{20,}$", issued.Secret.Reveal());
        await Grid.DeactivateAllAsync();
        Assert.Equal(
            new OperatorAuthentication(ann.Principal, issued.Token, OperatorRefusal.None), await Grid.Operators.AuthenticateAsync(issued.Secret));
        Assert.Equal(issued.Token, await Grid.Operators.FindTokenAsync(issued.Token.Id));
        Assert.All(
            Grid.Storage.Payloads("operator").Concat(Grid.Storage.Payloads("operator-token")),
            stored => Assert.DoesNotContain(issued.Secret.Reveal(), stored, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Issue_WhileAllTokensAreListed_TheTokenIsFoundWhenItReturned()
    {
        var ann = await Grid.OperatorAsync();
        var write = Grid.Faults.Hold(static step => step is { Kind: StepKind.WriteState, GrainType: "operator" });
        var issuing = Grid.OperatorTokenAsync(ann);
        await write.Reached; // The index has it already, its operator not yet.
        var listing = Grid.Operators.ListTokensAsync(new ListOperatorTokens(default, null, null, null, Descending: true, 0, 100));
        await Patience.UntilAsync(
            () => Grid.Faults.Steps.Count(static step => step is { Kind: StepKind.ReadIndex }) >= 2, "the list looked for the token");
        write.Release();
        var issued = await issuing;
        await listing;

        Assert.Equal(issued.Token, await Grid.Operators.FindTokenAsync(issued.Token.Id));
        Assert.Contains(
            issued.Token, (await Grid.Operators.ListTokensAsync(new ListOperatorTokens(default, null, null, null, true, 0, 100))).Items);
    }

    [Fact]
    public async Task Rotate_ByManyAtOnce_LeavesOneTokenAlive()
    {
        var ann = await Grid.OperatorAsync();
        var old = await Grid.OperatorTokenAsync(ann, OperatorTokenScopes.ReadApi);
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return await Grid.Operators.RotateTokenAsync(ann.Id, old.Token.Id, null, Making.Operator);
            }
            catch (TokenAuthorityException refused) when (refused.Code == ErrorCode.Conflict)
            {
                return null;
            }
        }));

        var made = Assert.Single(asked, static issued => issued is not null)!;
        await Grid.DeactivateAllAsync();
        Assert.Equal(OperatorRefusal.Revoked, await RefusalAsync(old.Secret));
        Assert.Equal(OperatorRefusal.None, await RefusalAsync(made.Secret));
        Assert.Equal((old.Token.Name, old.Token.Scopes), (made.Token.Name, made.Token.Scopes));
        Assert.Single(
            (await Grid.Operators.ListTokensAsync(new ListOperatorTokens(ann.Id, true, null, null, false, 0, 100))).Items);
    }

    [Fact]
    public async Task Rotate_WhenTheTokenWasRevokedMeanwhile_MakesNone()
    {
        var ann = await Grid.OperatorAsync();
        var old = await Grid.OperatorTokenAsync(ann);
        Assert.True(await Grid.Operators.RevokeTokenAsync(ann.Id, old.Token.Id, Making.Operator));

        await Making.RefusedAsync(ErrorCode.Conflict, () => Grid.Operators.RotateTokenAsync(ann.Id, old.Token.Id, null, Making.Operator));

        Assert.Single(
            (await Grid.Operators.ListTokensAsync(new ListOperatorTokens(ann.Id, null, null, null, false, 0, 100))).Items);
    }

    [Fact]
    public async Task Revoke_WhenItReturned_TheTokenIsDeadAndItsOthersAreNot()
    {
        var ann = await Grid.OperatorAsync();
        var (dead, alive) = (await Grid.OperatorTokenAsync(ann), await Grid.OperatorTokenAsync(ann));

        Assert.True(await Grid.Operators.RevokeTokenAsync(ann.Id, dead.Token.Id, Making.Operator));
        Assert.Equal(OperatorRefusal.Revoked, await RefusalAsync(dead.Secret));
        Assert.True(await Grid.Operators.RevokeTokenAsync(ann.Id, dead.Token.Id, Making.Operator));
        Assert.False(await Grid.Operators.RevokeTokenAsync(ann.Id, new OperatorTokenId(999_999), Making.Operator));
        await Grid.DeactivateAllAsync();
        Assert.Equal(OperatorRefusal.Revoked, await RefusalAsync(dead.Secret));
        Assert.Equal(OperatorRefusal.None, await RefusalAsync(alive.Secret));
    }

    [Fact]
    public async Task Authenticate_WhenTimePasses_RefusesFromExpiryOn()
    {
        var ann = await Grid.OperatorAsync();
        var issued = await Grid.OperatorTokenAsync(ann, expiresAt: Grid.Clock.Now.AddHours(1));

        Grid.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal(OperatorRefusal.None, await RefusalAsync(issued.Secret));
        Grid.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(OperatorRefusal.Expired, await RefusalAsync(issued.Secret));
    }

    [Fact]
    public async Task Block_WhenItReturned_EveryTokenIsRefusedUntilTheOperatorIsLetInAgain()
    {
        var ann = await Grid.OperatorAsync();
        var issued = await Grid.OperatorTokenAsync(ann);

        await Grid.Operators.ChangeAsync(ann.Id, new ChangeOperator(null, null, null, null, true, Making.Operator));
        Assert.Equal(OperatorRefusal.Blocked, await RefusalAsync(issued.Secret));
        await Grid.Operators.ChangeAsync(ann.Id, new ChangeOperator(null, null, null, null, false, Making.Operator));
        Assert.Equal(OperatorRefusal.None, await RefusalAsync(issued.Secret));
    }

    [Fact]
    public async Task Administrator_WhenTheRoleIsTakenAway_IsNoneFromThenOn()
    {
        var ann = await Grid.OperatorAsync(isAdministrator: true);
        var issued = await Grid.OperatorTokenAsync(ann);
        Assert.True((await Grid.AuthenticateAsync(issued.Secret))!.IsAdministrator);

        await Grid.Operators.ChangeAsync(ann.Id, new ChangeOperator(null, null, null, false, null, Making.Operator));
        Assert.False((await Grid.AuthenticateAsync(issued.Secret))!.IsAdministrator);
    }

    [Fact]
    public async Task Token_WhenSeenDuringARotation_OutlivesTheOldKeyAndCanStillBeRevoked()
    {
        await using var grid = await Grid.StartAsync();
        var ann = await grid.OperatorAsync();
        var issued = await grid.OperatorTokenAsync(ann);
        await grid.RestartAsync(KeySamples.RotatedRing);
        Assert.NotNull(await grid.AuthenticateAsync(issued.Secret));
        await Patience.UntilAsync(
            () => grid.Storage.Payloads("operator-token").Count == 2, "the token is found under the new key");
        await grid.RestartAsync(KeySamples.NewRing);
        Assert.NotNull(await grid.AuthenticateAsync(issued.Secret));
        await grid.Operators.RevokeTokenAsync(ann.Id, issued.Token.Id, Making.Operator);
        Assert.Null(await grid.AuthenticateAsync(issued.Secret));
    }

    [Fact]
    public async Task List_OfAll_ShowsTheTokensOfEverybodyByTheirState()
    {
        await using var grid = await Grid.StartAsync();
        var (ann, bob) = (await grid.OperatorAsync(), await grid.OperatorAsync());
        var alive = (await grid.OperatorTokenAsync(ann)).Token;
        var dead = (await grid.OperatorTokenAsync(bob)).Token;
        await grid.Operators.RevokeTokenAsync(bob.Id, dead.Id, Making.Operator);

        Assert.Equal([alive.Id, dead.Id], await IdsAsync(new ListOperatorTokens(default, null, null, null, false, 0, 10)));
        Assert.Equal([alive.Id], await IdsAsync(new ListOperatorTokens(default, true, null, null, false, 0, 10)));
        Assert.Equal([dead.Id], await IdsAsync(new ListOperatorTokens(default, null, true, null, false, 0, 10)));
        Assert.Equal([dead.Id], await IdsAsync(new ListOperatorTokens(bob.Id, false, null, "T", true, 0, 10)));

        async Task<IEnumerable<OperatorTokenId>> IdsAsync(ListOperatorTokens list) =>
            (await grid.Operators.ListTokensAsync(list)).Items.Select(static t => t.Id);
    }

    [Fact]
    public async Task Administrator_OfAnEarlierRelease_KeepsItsTokenUntilAnotherIsGiven()
    {
        await using var grid = await Grid.StartAsync();
        var (old, next) = (Making.Secret("glpat-of-an-earlier-release"), Making.Secret("glpat-of-this-release"));
        await grid.Installation.EnsureAdministratorAsync(old);

        // As an earlier release left it: the look-up key in the state of the installation, and the operator in the record it leads to.
        var key = OrleansTokens.Grains.Keys.SecretDigest.LookupKeys(grid.Ring, old)[0];
        await grid.DeactivateAllAsync();
        grid.Storage.Overwrite(
            GrainId.Create("operator-token", key), """{"operator_id":1,"username":"root","name":"Administrator","is_administrator":true}""");
        grid.Storage.Overwrite(GrainId.Create(GrainType.Create("operator"), GrainIdKeyExtensions.CreateIntegerKey(1)), "{}");
        grid.Storage.Overwrite(
            GrainId.Create(GrainType.Create("installation"), GrainIdKeyExtensions.CreateIntegerKey(0)), $$"""{"administrator_tokens":["{{key}}"]}""");

        Assert.Null(await grid.Installation.EnsureAdministratorAsync(null));
        Assert.Equal(new OperatorPrincipal(OperatorId.First, "root", "Administrator", true), await grid.AuthenticateAsync(old));
        Assert.Null(await grid.Installation.EnsureAdministratorAsync(next));
        Assert.Null(await grid.AuthenticateAsync(old));
        Assert.NotNull(await grid.AuthenticateAsync(next));
    }

    [Fact]
    public void MakeRoom_WhenThereAreTooMany_ForgetsThoseThatDiedFirstAndNoneThatLives()
    {
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var living = Enumerable.Range(3, Limits.MaxTokensPerOperator - 2).Select(static id => new StoredOperatorToken { Id = id });
        StoredOperatorToken[] dead = [new() { Id = 1, RevokedAt = now.AddDays(-1) }, new() { Id = 2, ExpiresAt = now.AddDays(-2) }];

        var left = OperatorRules.MakeRoom([.. dead, .. living], now);

        Assert.Equal(Limits.MaxTokensPerOperator - 1, left.Length);
        Assert.DoesNotContain(left, static t => t.Id == 2);
        var fault = Assert.Throws<TokenAuthorityException>(
            () => OperatorRules.MakeRoom([.. Enumerable.Range(1, Limits.MaxTokensPerOperator).Select(static id => new StoredOperatorToken { Id = id })], now));
        Assert.Equal(ErrorCode.LimitExceeded, fault.Code);
    }

    private async Task<OperatorRefusal> RefusalAsync(Secret secret) => (await Grid.Operators.AuthenticateAsync(secret)).Refusal;
}
