using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.DeployTokens;

/// <summary>All tokens at and below a group or project are revoked at once. What becomes of it by moves is <see cref="RevokedMoveTests"/>' to say.</summary>
public sealed class RevokeAllTests(Grid grid) : GridTest(grid)
{
    [Fact]
    public async Task RevokeTokens_OfAGroup_KillsEverythingAtAndBelowItWithOneWriteAndNothingElse()
    {
        var top = await Grid.GroupAsync();
        var revoked = await Grid.GroupAsync(top);
        var deepest = revoked;
        for (var depth = 2; depth < Limits.MaxGroupDepth; depth++)
        {
            deepest = await Grid.GroupAsync(deepest);
        }

        var project = await Grid.ProjectAsync(deepest);
        var sibling = await Grid.ProjectAsync(top);
        var dying = await TokensAsync(revoked.AsNamespace, deepest.AsNamespace, project.AsNamespace);
        var living = await TokensAsync(top.AsNamespace, sibling.AsNamespace);
        Grid.Faults.Clear();

        var receipt = await Grid.RevokeTokensAsync(revoked.AsNamespace, "laptop stolen");

        Assert.Equal([new GridStep(StepKind.WriteState, "group", 1)], Grid.Faults.Steps);
        Assert.Equal(new SubtreeRevocation(revoked.AsNamespace, 1, Grid.Clock.Now, Making.Operator, "laptop stolen"), receipt.Revocation);
        await HoldsAsync();
        await Grid.DeactivateAllAsync();
        await HoldsAsync();

        async Task HoldsAsync()
        {
            foreach (var token in dying)
            {
                await DeadAsync(token, receipt);
            }

            Assert.Equal("TokenRevoked", await PullAsync(dying[0], project));
            foreach (var token in living)
            {
                Assert.True((await Grid.ValidateAsync(token)).Allowed);
                Assert.Equal(token.Token, await Grid.Administration.GetTokenAsync(token.Token.Id));
            }

            Assert.Equal(Outcome.Allowed, await PullAsync(living[0], project));
        }
    }

    [Fact]
    public async Task RevokeTokens_OfAProject_LeavesItsGroupsTokensAlone()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(group);
        var (ofGroup, ofProject) = (await Grid.TokenAsync(group.AsNamespace), await Grid.TokenAsync(project.AsNamespace));
        var receipt = await Grid.RevokeTokensAsync(project.AsNamespace);
        await DeadAsync(ofProject, receipt);
        Assert.Equal(Outcome.Allowed, await PullAsync(ofGroup, project));
    }

    [Fact]
    public async Task RevokeTokens_WhenRepeated_IsANewOneThatKillsWhatWasIssuedSince()
    {
        var group = (await Grid.GroupAsync()).AsNamespace;
        var tokens = new List<IssuedDeployToken>();
        for (var generation = 1; generation <= 3; generation++)
        {
            tokens.Add(await Grid.TokenAsync(group));
            Assert.True((await Grid.ValidateAsync(tokens[^1])).Allowed);
            Assert.Equal(generation, (await Grid.RevokeTokensAsync(group)).Revocation.Generation);
            foreach (var token in tokens)
            {
                Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(token)).Reason);
            }
        }
    }

    [Fact]
    public async Task RevokeTokens_WhileTokensAreIssued_KillsThoseBeforeItAndNoneAfterIt()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(group);
        var before = await Grid.TokenAsync(project.AsNamespace);
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "group" });
        var revoking = Grid.RevokeTokensAsync(group.AsNamespace);
        await held.Reached;
        var during = Grid.TokenAsync(project.AsNamespace);

        held.Release();
        var receipt = await revoking;

        await DeadAsync(before, receipt);
        var after = await Grid.TokenAsync(project.AsNamespace);
        Assert.Equal(Outcome.Allowed, await PullAsync(after, project));
        Assert.Equal(await PullAsync(await during, project), (await Grid.RevocationAsync(await during)) is null ? Outcome.Allowed : "TokenRevoked");
    }

    [Fact]
    public async Task RevokeTokens_WhileATokenIsIssuedThatHasNotSeenIt_KillsItBeforeAnybodyIsShownIt()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(group);
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "deploy-token" });
        var issuing = Grid.TokenAsync(project.AsNamespace);
        await held.Reached;
        var receipt = await Grid.RevokeTokensAsync(group.AsNamespace);
        held.Release();
        await DeadAsync(await issuing, receipt);
    }

    [Fact]
    public async Task RevokeTokens_WhileAValidationWaits_IsObeyedByIt()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        var issued = await Grid.TokenAsync(project.AsNamespace);
        await Grid.DeactivateAllAsync();
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.ReadState, GrainType: "application-settings" });
        var validating = Grid.ValidateAsync(issued, RegistryAction.PullImage, project);
        await held.Reached;
        await Grid.RevokeTokensAsync(project.AsNamespace);
        held.Release();
        Assert.Equal(DenyReason.TokenRevoked, (await validating).Reason);
    }

    [Fact]
    public async Task RevokeTokens_ByAClockThatIsMinutesAhead_KillsWhatIsBeforeItAndNothingAfterIt()
    {
        await using var own = await Grid.StartAsync();
        foreach (var minutes in new[] { -9, 9 })
        {
            var group = (await own.GroupAsync()).AsNamespace;
            var before = await own.TokenAsync(group);
            own.Clock.Adjust(TimeSpan.FromMinutes(minutes));
            await own.RevokeTokensAsync(group);
            own.Clock.Adjust(TimeSpan.FromMinutes(-minutes));
            var after = await own.TokenAsync(group);
            Assert.Equal("TokenRevoked", await Outcome.OfAsync(() => own.ValidateAsync(before)));
            Assert.Equal(Outcome.Allowed, await Outcome.OfAsync(() => own.ValidateAsync(after)));

            // By a clock that has fallen behind, the next one is no earlier than the last.
            var first = (await own.RevokeTokensAsync(group)).Revocation;
            own.Clock.Adjust(TimeSpan.FromMinutes(-30));
            var second = (await own.RevokeTokensAsync(group)).Revocation;
            own.Clock.Adjust(TimeSpan.FromMinutes(30));
            Assert.True(second.At >= first.At);
            Assert.Equal("TokenRevoked", await Outcome.OfAsync(() => own.ValidateAsync(after)));
        }
    }

    [Fact]
    public async Task RevokeTokens_AfterARestart_StillHolds()
    {
        await using var own = await Grid.StartAsync();
        var group = await own.GroupAsync();
        var project = (await own.ProjectAsync(group)).AsNamespace;
        var before = await own.TokenAsync(project);
        await own.RevokeTokensAsync(group.AsNamespace);
        var after = await own.TokenAsync(project);
        await own.RestartAsync();
        Assert.Equal(DenyReason.TokenRevoked, (await own.ValidateAsync(before)).Reason);
        Assert.True((await own.ValidateAsync(after)).Allowed);
        Assert.Equal(2, (await own.RevokeTokensAsync(group.AsNamespace)).Revocation.Generation);
        Assert.Equal(DenyReason.TokenRevoked, (await own.ValidateAsync(after)).Reason);
    }

    [Fact]
    public async Task RevokeTokens_WhereDecisionsAreKept_ReturnsToItsCallerWhenNobodyCanGoByThem()
    {
        await using var own = new Grid { Leases = new LeaseOptions { Length = TimeSpan.FromSeconds(1) } };
        await own.InitializeAsync();
        var group = (await own.GroupAsync()).AsNamespace;
        var revoking = own.RevokeTokensAsync(group);
        var waited = TimeSpan.Zero;
        await Patience.UntilAsync(
            () =>
            {
                own.ClientTime.Advance(TimeSpan.FromMilliseconds(5));
                waited += TimeSpan.FromMilliseconds(5);
                return revoking.IsCompleted;
            },
            "it returned");
        Assert.True(waited >= own.Leases.Length, $"It returned after {waited}.");
        Assert.Equal(TimeSpan.Zero, (await revoking).Settling);
    }

    [Fact]
    public async Task RevokeTokens_WhateverADeadTokenIsShownFor_RefusesItAndSaysWhy()
    {
        var elsewhere = await Grid.ProjectAsync(await Grid.GroupAsync(visibility: Visibility.Public), visibility: Visibility.Public);
        var group = await Grid.GroupAsync();
        var issued = await Grid.TokenAsync(group.AsNamespace, ScopeNames.All);
        Assert.Equal(Outcome.Allowed, await PullAsync(issued, elsewhere));
        var receipt = await Grid.RevokeTokensAsync(group.AsNamespace);

        Assert.Equal("TokenRevoked", await PullAsync(issued, elsewhere));
        foreach (var action in Enum.GetValues<RegistryAction>())
        {
            var question = new Question(action, Resource.Of(elsewhere));
            Assert.Equal(DenyReason.TokenRevoked, (await Grid.Validator.ValidateAsync(issued.Credential(), action, question.Resource)).Reason);
            foreach (var explained in new[]
            {
                await Grid.Administration.ExplainAsync(issued.Credential(), question),
                await Grid.Administration.ExplainTokenAsync(issued.Token.Id, question),
            })
            {
                Assert.Equal((DenyReason.TokenRevoked, "subtree_revocation"), (explained.Decision.Reason, explained.Facts[^1].Check));
                Assert.Equal(receipt.Revocation.AsRevocation, explained.Token!.Revocation);
            }
        }

        var identified = await Grid.Administration.IdentifyTokenAsync(issued.Secret);
        Assert.Equal(receipt.Revocation.AsRevocation, identified.Token!.Revocation);
    }

    [Fact]
    public async Task Revoke_OfATokenThatIsDeadWithOthers_IsItsOwnRevocationFromThenOn()
    {
        var group = (await Grid.GroupAsync()).AsNamespace;
        var issued = await Grid.TokenAsync(group);
        await Grid.RevokeTokensAsync(group, "all");
        Assert.Equal("one", (await Grid.RevokeAsync(issued.Token.Id, "one"))!.Token.Revocation!.Reason);
        Assert.Equal("one", (await Grid.Administration.GetTokenAsync(issued.Token.Id))!.Revocation!.Reason);
    }

    [Fact]
    public async Task List_AfterAllWereRevoked_ShowsThemAsRevokedAndNoneAsActive()
    {
        var group = (await Grid.GroupAsync()).AsNamespace;
        var dead = new List<IssuedDeployToken>();
        for (var i = 0; i < 20; i++)
        {
            dead.Add(await Grid.TokenAsync(group));
        }

        await Grid.RevokeTokensAsync(group);
        var living = await Grid.TokenAsync(group);

        // A page is as long as it can be although all before the living one are dead, and the index does not know of it.
        var active = await Grid.Administration.ListTokensAsync(new ListDeployTokens(group, ActiveOnly: true, 0, 2));
        Assert.Equal((living.Token.Id, 1L), (Assert.Single(active.Items).Id, active.Total));
        var all = await Grid.Administration.ListTokensAsync(new ListDeployTokens(group, ActiveOnly: false, 0, 100));
        Assert.Equal(
            [.. dead.Select(static t => (t.Token.Id, true)), (living.Token.Id, false)], all.Items.Select(static t => (t.Id, t.Revocation is not null)));
        Assert.All(dead, token => Assert.True(Grid.Index.Row(token.Token.Id)!.Revoked));
    }

    [Fact]
    public async Task ReadVariables_AfterAllWereRevoked_GivesTheFirstThatWasIssuedSince()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(group);
        for (var i = 0; i <= Limits.MaxPageSize; i++)
        {
            await Grid.TokenAsync(project.AsNamespace, name: DeployTokenVariables.Name);
        }

        await Grid.RevokeTokensAsync(group.AsNamespace);
        Assert.Null(await Grid.Administration.ReadVariablesAsync(project, Making.Operator));
        var since = await Grid.TokenAsync(project.AsNamespace, name: DeployTokenVariables.Name);
        Assert.Equal(since.Token.Id, (await Grid.Administration.ReadVariablesAsync(project, Making.Operator))!.Token);
    }

    [Fact]
    public async Task RevokeTokens_OfNothingOrForAReasonTooLong_IsRefused()
    {
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.RevokeTokensAsync(default), "id");
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.RevokeTokensAsync(new GroupId(987_654).AsNamespace));
        var group = (await Grid.GroupAsync()).AsNamespace;
        var issued = await Grid.TokenAsync(group);
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument, () => Grid.RevokeTokensAsync(group, new string('x', Limits.MaxReasonLength + 1)), "reason");
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
        await Grid.DeleteAsync(group);
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.RevokeTokensAsync(group));
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

    private async Task DeadAsync(IssuedDeployToken token, SubtreeRevocationReceipt by)
    {
        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(token)).Reason);
        Assert.Equal(by.Revocation.AsRevocation, await Grid.RevocationAsync(token));
    }

    private Task<string> PullAsync(IssuedDeployToken token, ProjectId project) =>
        Outcome.OfAsync(() => Grid.ValidateAsync(token, RegistryAction.PullImage, project));
}
