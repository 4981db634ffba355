using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.DeployTokens;

/// <summary>No token that was revoked with all at and below a node comes alive by a move, and none dies by one that is younger.</summary>
public sealed class RevokedMoveTests(Grid grid) : GridTest(grid)
{
    private const string Dead = "TokenRevoked";

    [Fact]
    public async Task Transfer_OutOfWhatWasRevoked_LeavesTheDeadDeadAndTheLivingAlive()
    {
        var top = await Grid.GroupAsync();
        var from = await Grid.GroupAsync(top);
        var group = await Grid.GroupAsync(from);
        var project = await Grid.ProjectAsync(group);
        var before = await TokensAsync(group.AsNamespace, project.AsNamespace);
        await Grid.RevokeTokensAsync(top.AsNamespace);
        var after = await TokensAsync(group.AsNamespace, project.AsNamespace);

        // Step by step to the top, with all in it, and then the project alone.
        Func<Task>[] moves =
        [
            async () => await Grid.TransferAsync(group.AsNamespace, await Grid.GroupAsync()),
            () => Grid.TransferAsync(group.AsNamespace, default),
            async () => await Grid.TransferAsync(project.AsNamespace, await Grid.GroupAsync()),
            () => Grid.TransferAsync(project.AsNamespace, from),
            () => Grid.TransferAsync(group.AsNamespace, from),
        ];
        foreach (var move in moves)
        {
            await move();
            await Grid.DeactivateAllAsync();
            foreach (var token in before)
            {
                Assert.Equal(Dead, await OutcomeAsync(token));
                Assert.NotNull((await Grid.Administration.GetTokenAsync(token.Token.Id))!.Revocation);
            }

            foreach (var token in after)
            {
                Assert.Equal(Outcome.Allowed, await OutcomeAsync(token));
            }
        }

        // Twice below the same group, and still remembered once.
        Assert.Single((await Grid.GetAsync(project.AsNamespace))!.Lineage.Node.TokenRevocations);
    }

    [Fact]
    public async Task Transfer_IntoWhatWasRevoked_KillsWhatIsOlderAndNothingThatIsIssuedThere()
    {
        var to = await Grid.GroupAsync();
        var moved = await Grid.GroupAsync();
        var project = (await Grid.ProjectAsync(moved)).AsNamespace;
        var older = await Grid.TokenAsync(project);
        await Grid.RevokeTokensAsync(to.AsNamespace);
        Grid.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        var perhapsOlder = await Grid.TokenAsync(project);
        Grid.Clock.Advance(TimeSpan.FromTicks(1));
        var younger = await Grid.TokenAsync(project);
        foreach (var token in new[] { older, perhapsOlder, younger })
        {
            Assert.Equal(Outcome.Allowed, await OutcomeAsync(token));
        }

        await Grid.TransferAsync(moved.AsNamespace, to);

        Assert.Equal((Dead, Dead, Outcome.Allowed), (await OutcomeAsync(older), await OutcomeAsync(perhapsOlder), await OutcomeAsync(younger)));
        Assert.Equal(Outcome.Allowed, await OutcomeAsync(await Grid.TokenAsync(project)));
        await Grid.TransferAsync(moved.AsNamespace, default);
        Assert.Equal((Dead, Dead, Outcome.Allowed), (await OutcomeAsync(older), await OutcomeAsync(perhapsOlder), await OutcomeAsync(younger)));
    }

    [Fact]
    public async Task Transfer_OfAProjectOutOfAGroupAfterARevocation_ThatComesBackAfterTheNext_LosesWhatWasIssuedBetween()
    {
        var (group, other) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var project = (await Grid.ProjectAsync(group)).AsNamespace;
        await Grid.RevokeTokensAsync(group.AsNamespace);
        await Grid.TransferAsync(project, other);
        var outside = await Grid.TokenAsync(project);
        await Grid.RevokeTokensAsync(group.AsNamespace);
        Assert.Equal(Outcome.Allowed, await OutcomeAsync(outside));
        await Grid.TransferAsync(project, group);
        Assert.Equal(Dead, await OutcomeAsync(outside));
        Assert.Equal(Outcome.Allowed, await OutcomeAsync(await Grid.TokenAsync(project)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RevokeTokens_WhileAProjectIsMovedAway_KillsItsTokensOrDidNotReachThem(int write)
    {
        var (group, other) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var project = (await Grid.ProjectAsync(group)).AsNamespace;
        var issued = await Grid.TokenAsync(project);
        var held = Grid.Faults.Hold(s => s is { Kind: StepKind.WriteState, GrainType: "project" } && s.Nth == write);
        var moving = Grid.TransferAsync(project, other);
        await held.Reached;
        await Grid.RevokeTokensAsync(group.AsNamespace);
        var during = OutcomeAsync(issued);

        held.Release();
        await moving;

        // It is in its old place until the new one is written, and has left it for good when it writes down that it has.
        Assert.Contains(await during, write == 3 ? [Dead, Outcome.Allowed] : new[] { Dead });
        var outcome = write == 3 ? Outcome.Allowed : Dead;
        Assert.Equal(outcome, await OutcomeAsync(issued));
        await Grid.DeactivateAllAsync();
        Assert.Equal(outcome, await OutcomeAsync(issued));
    }

    [Fact]
    public async Task RevokeTokens_AfterAMoveAwayThatFailedHalfway_KillsTheTokensOfWhatIsMoved()
    {
        var (group, other) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var project = (await Grid.ProjectAsync(group)).AsNamespace;
        var issued = await Grid.TokenAsync(project);
        Grid.Faults.FailOnce(new GridStep(StepKind.WriteState, "path-entry", 2), FaultMode.NotApplied);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.TransferAsync(project, other));
        Assert.True(Grid.Faults.Happened);
        Grid.Faults.Clear();
        await Grid.RevokeTokensAsync(group.AsNamespace);
        Assert.Equal(Dead, await OutcomeAsync(issued));
        await Grid.DeactivateAllAsync();
        Assert.Equal(Dead, await OutcomeAsync(issued));
        Assert.Equal(other, (await Grid.TransferAsync(project, other)).Parent);
        Assert.Equal(Dead, await OutcomeAsync(issued));
    }

    [Fact]
    public async Task RevokeTokens_AndDeletionOfTheGroup_WhileAProjectIsMovedAway_KillItsTokens()
    {
        var (group, other) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var project = (await Grid.ProjectAsync(group)).AsNamespace;
        var issued = await Grid.TokenAsync(project);
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "path-entry", Nth: 2 });
        var moving = Outcome.OfAsync(() => Grid.TransferAsync(project, other));
        await held.Reached;
        Assert.Equal(Outcome.Allowed, await OutcomeAsync(issued));
        held.Release(fail: true);
        Assert.Equal(ErrorCode.Unavailable, await moving);
        await Grid.RevokeTokensAsync(group.AsNamespace);
        Assert.True(await Grid.DeleteAsync(group.AsNamespace));
        await Grid.DeactivateAllAsync();
        Assert.Equal(Dead, await OutcomeAsync(issued));
    }

    [Fact]
    public async Task Transfer_OutOfMoreRevokedGroupsThanAreRemembered_IsRefusedUntilItsOwnTokensAreRevoked()
    {
        var project = (await Grid.ProjectAsync(await RevokedAsync())).AsNamespace;
        for (var i = 0; i < Limits.MaxTokenRevocations; i++)
        {
            await Grid.TransferAsync(project, await RevokedAsync());
        }

        var (place, next) = ((await Grid.GetAsync(project))!.Parent, await RevokedAsync());
        Assert.Equal(Limits.MaxTokenRevocations, (await Grid.GetAsync(project))!.Lineage.Node.TokenRevocations.Length);
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.TransferAsync(project, next));
        Assert.Equal(place, (await Grid.GetAsync(project))!.Parent);
        await Grid.RevokeTokensAsync(project);
        await Grid.TransferAsync(project, next);
        Assert.Equal(2, (await Grid.GetAsync(project))!.Lineage.Node.TokenRevocations.Length);
    }

    private async Task<GroupId> RevokedAsync()
    {
        var group = await Grid.GroupAsync();
        await Grid.RevokeTokensAsync(group.AsNamespace);
        return group;
    }

    private async Task<List<IssuedDeployToken>> TokensAsync(params NamespaceId[] holders)
    {
        var tokens = new List<IssuedDeployToken>();
        foreach (var holder in holders)
        {
            tokens.Add(await Grid.TokenAsync(holder));
        }

        return tokens;
    }

    private Task<string> OutcomeAsync(IssuedDeployToken token) => Outcome.OfAsync(() => Grid.ValidateAsync(token));
}
