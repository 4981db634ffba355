using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.DeployTokens;

public sealed class ListTests(Grid grid) : GridTest(grid)
{
    [Fact]
    public async Task List_OfAHolder_HasItsOwnTokensInOrderOfTheirIds()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(group);
        var tokens = new List<TokenId>();
        for (var i = 0; i < 5; i++)
        {
            tokens.Add((await Grid.TokenAsync(group.AsNamespace)).Token.Id);
            await Grid.TokenAsync(project.AsNamespace);
        }

        Assert.Equal(tokens, await IdsAsync(group.AsNamespace));
        Assert.Equal(tokens[2..4], await IdsAsync(group.AsNamespace, offset: 2, limit: 2));
        Assert.Empty(await IdsAsync(group.AsNamespace, offset: 5));
    }

    [Fact]
    public async Task List_OfActiveTokens_LeavesOutWhatIsRevokedOrExpired()
    {
        var group = await Grid.GroupAsync();
        var end = Grid.Clock.Now.AddMinutes(1);
        var (kept, revoked, ending) = (
            await Grid.TokenAsync(group.AsNamespace), await Grid.TokenAsync(group.AsNamespace), await Grid.TokenAsync(group.AsNamespace, expiresAt: end));
        await Grid.RevokeAsync(revoked.Token.Id);
        Assert.Equal([kept.Token.Id, ending.Token.Id], await IdsAsync(group.AsNamespace, activeOnly: true));
        Grid.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([kept.Token.Id], await IdsAsync(group.AsNamespace, activeOnly: true));
        Assert.Equal([kept.Token.Id, revoked.Token.Id, ending.Token.Id], await IdsAsync(group.AsNamespace));
    }

    [Fact]
    public async Task List_WhenAnIssueFailedHalfway_DoesNotShowWhatNeverCameToBe()
    {
        var group = await Grid.GroupAsync();
        var kept = await Grid.TokenAsync(group.AsNamespace);
        Grid.Faults.FailAll(static s => s is { Kind: StepKind.WriteState, GrainType: "deploy-token" });
        await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.TokenAsync(group.AsNamespace));
        Grid.Faults.Clear();
        Assert.Equal([kept.Token.Id], await IdsAsync(group.AsNamespace));
        var page = await Grid.Administration.ListTokensAsync(new ListDeployTokens(group.AsNamespace, false, 0, 10));
        Assert.Equal(1, page.Total);
    }

    [Theory]
    [InlineData(-1, 10, "offset")]
    [InlineData(0, 0, "limit")]
    [InlineData(0, -1, "limit")]
    [InlineData(0, Limits.MaxPageSize + 1, "limit")]
    public async Task List_OfAPageThatCannotBe_NamesWhatIsWrong(int offset, int limit, string field)
    {
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument, () => Grid.Administration.ListTokensAsync(new ListDeployTokens(default, false, offset, limit)), field);
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument,
            () => Grid.Administration.ListNamespacesAsync(
                new ListNamespaces(NamespaceKind.Group, null, null, false, null, NamespaceOrder.Id, false, offset, limit)),
            field);
    }

    private async Task<IReadOnlyList<TokenId>> IdsAsync(NamespaceId holder, bool activeOnly = false, int offset = 0, int limit = 10) =>
        [.. (await Grid.Administration.ListTokensAsync(new ListDeployTokens(holder, activeOnly, offset, limit))).Items.Select(static t => t.Id)];
}
