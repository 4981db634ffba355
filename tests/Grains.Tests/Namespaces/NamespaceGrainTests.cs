using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Namespaces;

public sealed class NamespaceGrainTests(Grid grid) : IClassFixture<Grid>
{
    [Fact]
    public async Task Create_WhenNested20Deep_IsFineAndOnceMoreIsRefused()
    {
        var (parent, path) = (default(GroupId), "");
        for (var depth = 1; depth <= Limits.MaxGroupDepth; depth++)
        {
            var slug = Making.Fresh("d");
            parent = await grid.GroupAsync(parent, slug);
            path = path.Length == 0 ? slug : $"{path}/{slug}";
        }

        var project = await grid.ProjectAsync(parent, "leaf");
        Assert.Equal(project.AsNamespace, (await grid.ResolveAsync(path + "/leaf")).Target);
        var view = await grid.GetAsync(project.AsNamespace);
        Assert.Equal((path + "/leaf", Limits.MaxPathSegments), (view!.FullPath, view.Lineage.Nodes.Length));
        await FailsAsync(ErrorCode.LimitExceeded, () => grid.GroupAsync(parent));
    }

    [Fact]
    public async Task Create_WhenTheNameIsTakenInAnyCase_IsRefusedUntilItIsFree()
    {
        var group = await grid.GroupAsync();
        var project = await grid.ProjectAsync(group, "Api");
        await FailsAsync(ErrorCode.PathTaken, () => grid.ProjectAsync(group, "api"));
        await FailsAsync(ErrorCode.PathTaken, () => grid.GroupAsync(group, "API"));
        await grid.DeleteAsync(project.AsNamespace);
        await grid.ProjectAsync(group, "api");
    }

    [Fact]
    public async Task Create_WhenManyWantOneName_ExactlyOneGetsIt()
    {
        var group = await grid.GroupAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                return i % 2 == 0 ? (await grid.ProjectAsync(group, "one")).AsNamespace : (await grid.GroupAsync(group, "one")).AsNamespace;
            }
            catch (TokenAuthorityException taken) when (taken.Code == ErrorCode.PathTaken)
            {
                return default;
            }
        }));
        var winner = Assert.Single(all, static id => !id.IsNone);
        Assert.NotNull(await grid.GetAsync(winner));
    }

    [Fact]
    public async Task Create_WhenMoreVisibleThanItsGroup_IsRefused()
    {
        var group = await grid.GroupAsync(visibility: Visibility.Internal);
        await FailsAsync(ErrorCode.InvalidArgument, () => grid.ProjectAsync(group, visibility: Visibility.Public));
        await grid.ProjectAsync(group, visibility: Visibility.Internal);
    }

    [Fact]
    public async Task Rename_WhenDone_TheOldPathRedirectsUntilSomebodyTakesIt()
    {
        var (top, group) = (Making.Fresh("top"), default(GroupId));
        group = await grid.GroupAsync(slug: top);
        var project = await grid.ProjectAsync(group, "api");
        await grid.RenameAsync(project.AsNamespace, "web");
        Assert.Equal(new ResolvedPath(project.AsNamespace, true, 2), await grid.ResolveAsync($"{top}/api"));
        Assert.Equal(new ResolvedPath(project.AsNamespace, false, 2), await grid.ResolveAsync($"{top}/web"));
        var other = await grid.ProjectAsync(group, "api");
        Assert.Equal(other.AsNamespace, (await grid.ResolveAsync($"{top}/api")).Target);
    }

    [Fact]
    public async Task Rename_WhenThereAndBack_LeavesTheFirstName()
    {
        var top = Making.Fresh("top");
        var project = await grid.ProjectAsync(await grid.GroupAsync(slug: top), "a");
        await grid.RenameAsync(project.AsNamespace, "b");
        await grid.RenameAsync(project.AsNamespace, "a");
        Assert.Equal(new ResolvedPath(project.AsNamespace, false, 2), await grid.ResolveAsync($"{top}/a"));
        Assert.Equal(new ResolvedPath(project.AsNamespace, true, 2), await grid.ResolveAsync($"{top}/b"));
    }

    [Fact]
    public async Task Rename_WhenOnlyTheCaseChanges_KeepsTheNameAndShowsIt()
    {
        var top = Making.Fresh("top");
        var project = await grid.ProjectAsync(await grid.GroupAsync(slug: top), "api");
        Assert.Equal("API", (await grid.RenameAsync(project.AsNamespace, "API")).Slug.ToString());
        Assert.Equal(new ResolvedPath(project.AsNamespace, false, 2), await grid.ResolveAsync($"{top}/api"));
    }

    [Fact]
    public async Task Rename_WhenTwoWantEachOthersNames_NeitherHangs()
    {
        var group = await grid.GroupAsync();
        var (a, b) = (await grid.ProjectAsync(group, "a"), await grid.ProjectAsync(group, "b"));
        await Task.WhenAll(
            FailsAsync(ErrorCode.PathTaken, () => grid.RenameAsync(a.AsNamespace, "b")),
            FailsAsync(ErrorCode.PathTaken, () => grid.RenameAsync(b.AsNamespace, "a")));
    }

    [Fact]
    public async Task Transfer_WhenDone_MovesAllBelowAndTheTokensThatReachThem()
    {
        var (from, to) = (await grid.GroupAsync(), await grid.GroupAsync());
        var moving = await grid.GroupAsync(from, "moving");
        var project = await grid.ProjectAsync(moving, "api");
        var (old, @new, own) = (
            await grid.TokenAsync(from.AsNamespace), await grid.TokenAsync(to.AsNamespace), await grid.TokenAsync(moving.AsNamespace));
        Assert.True(await PullsAsync(old, project));
        await grid.TransferAsync(moving.AsNamespace, to);
        Assert.Equal((false, true, true), (await PullsAsync(old, project), await PullsAsync(@new, project), await PullsAsync(own, project)));
        Assert.EndsWith("/moving/api", (await grid.GetAsync(project.AsNamespace))!.FullPath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transfer_WhenBelowItself_IsRefused()
    {
        var top = await grid.GroupAsync();
        var below = await grid.GroupAsync(await grid.GroupAsync(top));
        await FailsAsync(ErrorCode.Conflict, () => grid.TransferAsync(top.AsNamespace, below));
        await FailsAsync(ErrorCode.Conflict, () => grid.TransferAsync(top.AsNamespace, top));
    }

    [Fact]
    public async Task Transfer_WhenTwoGroupsMoveBelowEachOther_MakesNoRing()
    {
        for (var i = 0; i < 10; i++)
        {
            var (a, b) = (await grid.GroupAsync(), await grid.GroupAsync());
            var outcomes = await Task.WhenAll(TryAsync(a, b), TryAsync(b, a));
            Assert.Single(outcomes, static moved => moved);
            Assert.NotNull(await grid.GetAsync(a.AsNamespace));
            Assert.NotNull(await grid.GetAsync(b.AsNamespace));
        }

        async Task<bool> TryAsync(GroupId group, GroupId parent)
        {
            try
            {
                await grid.TransferAsync(group.AsNamespace, parent);
                return true;
            }
            catch (TokenAuthorityException ring) when (ring.Code == ErrorCode.Conflict)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Transfer_WhenTheSubtreeWouldBeTooDeep_IsRefused()
    {
        var deep = default(GroupId);
        for (var depth = 1; depth < Limits.MaxGroupDepth; depth++)
        {
            deep = await grid.GroupAsync(deep);
        }

        var tall = await grid.GroupAsync();
        await grid.GroupAsync(tall);
        await FailsAsync(ErrorCode.LimitExceeded, () => grid.TransferAsync(tall.AsNamespace, deep));
        await grid.TransferAsync((await grid.GroupAsync()).AsNamespace, deep);
    }

    [Fact]
    public async Task Archive_OfAGroup_StopsWritesBelowUntilItIsBroughtBack()
    {
        var group = await grid.GroupAsync();
        var project = await grid.ProjectAsync(await grid.GroupAsync(group));
        var issued = await grid.TokenAsync(project.AsNamespace);
        await grid.Administration.ChangeNamespaceAsync(group.AsNamespace, Making.Change(archived: true));
        Assert.Equal(DenyReason.ResourceArchived, (await grid.ValidateAsync(issued, RegistryAction.PushImage, project)).Reason);
        Assert.True(await PullsAsync(issued, project));
        await grid.Administration.ChangeNamespaceAsync(group.AsNamespace, Making.Change(archived: false));
        Assert.True((await grid.ValidateAsync(issued, RegistryAction.PushImage, project)).Allowed);
    }

    [Fact]
    public async Task Delete_OfAGroup_KillsEverythingBelowAtOnceAndPutsItAway()
    {
        var top = Making.Fresh("top");
        var group = await grid.GroupAsync(slug: top);
        var sub = await grid.GroupAsync(group, "sub");
        var project = await grid.ProjectAsync(sub, "api");
        var tokens = new[] { await grid.TokenAsync(group.AsNamespace), await grid.TokenAsync(sub.AsNamespace), await grid.TokenAsync(project.AsNamespace) };
        Assert.True(await grid.DeleteAsync(group.AsNamespace));
        foreach (var issued in tokens)
        {
            Assert.False((await grid.ValidateAsync(issued)).Allowed);
            Assert.Null(await grid.Administration.GetTokenAsync(issued.Token.Id));
        }

        Assert.Null(await grid.GetAsync(sub.AsNamespace));
        Assert.Null(await grid.GetAsync(project.AsNamespace));
        await grid.GroupAsync(slug: top);
        await grid.PutAwayAsync(group.AsNamespace, sub.AsNamespace, project.AsNamespace);
        Assert.All(tokens, issued => Assert.Contains(
            "\"status\":2", grid.Storage.Payload(Making.TokenGrain(issued.Token.Id)), StringComparison.Ordinal));
        Assert.False(await grid.DeleteAsync(group.AsNamespace));
    }

    [Fact]
    public async Task HoldToken_WhenTheHolderIsGone_IsRefused()
    {
        var group = await grid.GroupAsync();
        await grid.DeleteAsync(group.AsNamespace);
        await FailsAsync(ErrorCode.NotFound, () => grid.TokenAsync(group.AsNamespace));
    }

    private static async Task FailsAsync(ErrorCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<TokenAuthorityException>(call)).Code);

    private async Task<bool> PullsAsync(IssuedDeployToken issued, ProjectId project) =>
        (await grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Allowed;
}
