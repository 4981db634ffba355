using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.DeployTokens;

public sealed class RevokeTests(Grid grid) : GridTest(grid)
{
    private static readonly TokenId NeverIssued = new(987_654);

    [Fact]
    public async Task Revoke_WhenItReturns_TheTokenIsDeadAndStaysDead()
    {
        var issued = await IssuedAsync();
        var receipt = await Grid.RevokeAsync(issued.Token.Id, "leaked");
        Assert.False(receipt!.AlreadyRevoked);
        Assert.Equal(new Revocation(Grid.Clock.Now, Making.Operator, "leaked"), receipt.Token.Revocation);
        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(issued)).Reason);
        await Grid.DeactivateAllAsync();
        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(issued)).Reason);
        Assert.Equal(receipt.Token, await Grid.Administration.GetTokenAsync(issued.Token.Id));
    }

    [Fact]
    public async Task Revoke_WhenRepeated_KeepsTheFirstRevocation()
    {
        var issued = await IssuedAsync();
        var first = await Grid.RevokeAsync(issued.Token.Id, "leaked");
        Grid.Clock.Advance(TimeSpan.FromHours(1));
        var second = await Grid.Administration.RevokeTokenAsync(issued.Token.Id, new OperatorId(8), "again");
        Assert.True(second!.AlreadyRevoked);
        Assert.Equal(first!.Token, second.Token);
    }

    [Fact]
    public async Task Revoke_WhenManyRevokeAtOnce_OneSaysThatItDid()
    {
        var issued = await IssuedAsync();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Grid.RevokeAsync(issued.Token.Id)));
        Assert.Single(receipts, static r => !r!.AlreadyRevoked);
        Assert.Single(receipts.Select(static r => r!.Token).Distinct());
    }

    [Fact]
    public async Task Revoke_OfATokenThatIsExpired_RevokesIt()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, expiresAt: Grid.Clock.Now);
        Assert.False((await Grid.RevokeAsync(issued.Token.Id))!.AlreadyRevoked);
        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(issued)).Reason);
    }

    [Fact]
    public async Task Revoke_OfNoToken_SaysThatThereIsNone()
    {
        Assert.Null(await Grid.RevokeAsync(NeverIssued));
        var issued = await IssuedAsync();
        await Grid.DestroyAsync(issued.Token.Id);
        Assert.Null(await Grid.RevokeAsync(issued.Token.Id));
    }

    [Fact]
    public async Task Revoke_WithAReasonTooLong_NamesItAndRevokesNothing()
    {
        var issued = await IssuedAsync();
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument, () => Grid.RevokeAsync(issued.Token.Id, new string('x', Limits.MaxReasonLength + 1)), "reason");
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
        Assert.NotNull(await Grid.RevokeAsync(issued.Token.Id, new string('x', Limits.MaxReasonLength)));
    }

    [Fact]
    public async Task Revoke_WhileItsWriteIsHeldUp_NothingIsAllowed()
    {
        var issued = await IssuedAsync();
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "deploy-token" });
        var revoking = Grid.RevokeAsync(issued.Token.Id);
        await held.Reached;
        for (var i = 0; i < 20; i++)
        {
            await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.ValidateAsync(issued));
        }

        Assert.False(revoking.IsCompleted);
        held.Release();
        Assert.NotNull(await revoking);
        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(issued)).Reason);
    }

    [Fact]
    public async Task Revoke_WhileAValidationWaitsForALineage_IsObeyedByThatValidation()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        var issued = await Grid.TokenAsync(project.AsNamespace);
        await Grid.DeactivateAllAsync();
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.ReadState, GrainType: "project" });
        var validating = Grid.ValidateAsync(issued, RegistryAction.PullImage, project);
        await held.Reached;
        await Grid.RevokeAsync(issued.Token.Id);
        held.Release();
        Assert.Equal(DenyReason.TokenRevoked, (await validating).Reason);
    }

    [Fact]
    public async Task Destroy_WhenItReturns_TheTokenIsUnknownToAll()
    {
        var issued = await IssuedAsync();
        Assert.True(await Grid.DestroyAsync(issued.Token.Id));
        await GoneAsync(issued);
        await Grid.DeactivateAllAsync();
        await GoneAsync(issued);
        Assert.True(await Grid.DestroyAsync(issued.Token.Id));
    }

    [Fact]
    public async Task Destroy_OfARevokedToken_KeepsWhatHappenedToIt()
    {
        var issued = await IssuedAsync();
        await Grid.RevokeAsync(issued.Token.Id, "leaked");
        await Grid.DestroyAsync(issued.Token.Id);
        var stored = Grid.Storage.Payload(Making.TokenGrain(issued.Token.Id))!;
        Assert.Contains("\"leaked\"", stored, StringComparison.Ordinal);
        Assert.Contains("\"destroyed_by\":7", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destroy_OfNoToken_SaysThatThereIsNone() => Assert.False(await Grid.DestroyAsync(NeverIssued));

    private async Task GoneAsync(IssuedDeployToken issued)
    {
        Assert.Equal(DenyReason.TokenUnknown, (await Grid.ValidateAsync(issued)).Reason);
        Assert.Null(await Grid.Administration.GetTokenAsync(issued.Token.Id));
        var listed = await Grid.Administration.ListTokensAsync(new ListDeployTokens(issued.Token.Holder, false, 0, 10));
        Assert.Equal((0, 0), (listed.Items.Length, listed.Total));
    }

    private async Task<IssuedDeployToken> IssuedAsync() => await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);
}
