using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Namespaces;

public sealed class DeleteTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Delete_OfAGroup_PutsAwayWhatIsBelowItAndItsTokens()
    {
        var top = await Grid.GroupAsync();
        var below = await Grid.GroupAsync(top);
        var (project, deep) = (await Grid.ProjectAsync(top), await Grid.ProjectAsync(below));
        NamespaceId[] nodes = [top.AsNamespace, below.AsNamespace, project.AsNamespace, deep.AsNamespace];
        var tokens = await Task.WhenAll(nodes.Select(node => Grid.TokenAsync(node)));
        Assert.True(await Grid.DeleteAsync(top.AsNamespace));
        foreach (var (node, token) in nodes.Zip(tokens))
        {
            Assert.Null(await Grid.GetAsync(node));
            Assert.False((await Grid.ValidateAsync(token)).Allowed);
        }

        await Grid.PutAwayAsync(nodes);
        Assert.All(nodes, node => Assert.True(Grid.Index.Row(node)!.Deleted));
        foreach (var token in tokens)
        {
            Assert.Equal(DenyReason.TokenUnknown, (await Grid.ValidateAsync(token)).Reason);
            Assert.True(Grid.Index.Row(token.Token.Id)!.Deleted);
        }

        Assert.Contains("\"deleted_by\":7", Grid.Storage.Payload(Making.NodeGrain(below.AsNamespace))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_OfAGroup_FreesItsName()
    {
        var name = Making.Fresh("g");
        var group = await Grid.GroupAsync(slug: name);
        await Grid.DeleteAsync(group.AsNamespace);
        Assert.True((await Grid.ResolveAsync(name)).Target.IsNone);
        var next = await Grid.GroupAsync(slug: name);
        Assert.NotEqual(group, next);
        Assert.Equal(next, (await Grid.ResolveAsync(name)).Target.AsGroup);
        await Grid.PutAwayAsync(group.AsNamespace);
        Assert.Equal(next, (await Grid.ResolveAsync(name)).Target.AsGroup);
    }

    [Fact]
    public async Task Delete_WhenRepeated_SaysThatThereWasNothing()
    {
        var project = (await Grid.ProjectAsync(await Grid.GroupAsync())).AsNamespace;
        Assert.True(await Grid.DeleteAsync(project));
        Assert.False(await Grid.DeleteAsync(project));
        Assert.False(await Grid.DeleteAsync(new NamespaceId(NamespaceKind.Project, 987_654)));
        await Grid.DeactivateAllAsync();
        Assert.False(await Grid.DeleteAsync(project));
    }

    [Fact]
    public async Task Delete_Always_LeavesNothingThatCanBeChanged()
    {
        var top = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(top);
        await Grid.DeleteAsync(top.AsNamespace);
        foreach (var node in new[] { top.AsNamespace, project.AsNamespace })
        {
            await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.RenameAsync(node, Making.Fresh("x")));
            await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TransferAsync(node, default));
            await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TokenAsync(node));
        }
    }

    [Fact]
    public async Task Delete_OfManyChildren_PutsAwayAllOfThem()
    {
        var top = await Grid.GroupAsync();
        var projects = await Task.WhenAll(Enumerable.Range(0, 230).Select(_ => Grid.ProjectAsync(top)));
        await Grid.DeleteAsync(top.AsNamespace);
        await Grid.PutAwayAsync([top.AsNamespace, .. projects.Select(static p => p.AsNamespace)]);
        Assert.All(projects, project => Assert.True(Grid.Index.Row(project.AsNamespace)!.Deleted));
    }

    [Fact]
    public async Task Delete_WhenAMoveIntoTheGroupHadFailed_SparesWhatDidNotMove()
    {
        var (from, to) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var project = await Grid.ProjectAsync(from);
        var issued = await Grid.TokenAsync(project.AsNamespace);

        // The second write of the move: the index has been told already.
        Grid.Faults.FailOnce(new GridStep(StepKind.WriteState, "project", 2), FaultMode.NotApplied);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.TransferAsync(project.AsNamespace, to));
        Assert.Equal(to.Value, Grid.Index.Row(project.AsNamespace)!.ParentId);
        Grid.Faults.Clear();

        await Grid.DeleteAsync(to.AsNamespace);
        await Grid.PutAwayAsync(to.AsNamespace);
        Assert.Equal(from, (await Grid.GetAsync(project.AsNamespace))!.Parent);
        Assert.True((await Grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Allowed);
        Assert.Equal([project.AsNamespace], await Listing.OfAsync(Grid, from));
    }

    [Fact]
    public async Task Delete_WhenTheGroupIsToEndWhileItPutsAway_KeepsNobodyWaiting()
    {
        var top = await Grid.GroupAsync();
        var below = await Grid.GroupAsync(top);
        await Grid.DeactivateAllAsync();

        // The group waits for the one below it, which must not wait for the group: that one answers nobody until it is active again.
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.ReadState, GrainType: "group", Nth: 2 });
        await Grid.DeleteAsync(top.AsNamespace);
        await held.Reached;
        var ending = Grid.DeactivateAsync(top.AsNamespace);
        await Patience.UntilAsync(() => IsSilentAsync(top.AsNamespace), "the group is about to end");
        held.Release();
        await ending.WaitAsync(Patience.Limit / 4, TimeProvider.System);
        Assert.Null(await Grid.GetAsync(top.AsNamespace));
        Assert.Null(await Grid.GetAsync(below.AsNamespace));
        await Grid.PutAwayAsync(top.AsNamespace, below.AsNamespace);
    }

    [Fact]
    public async Task Delete_OfAGroupWhileSomethingIsMadeInIt_LeavesNothingAlive()
    {
        for (var round = 0; round < 10; round++)
        {
            var top = await Grid.GroupAsync();
            var making = Enumerable.Range(0, 4).Select(_ => MadeAsync(top)).ToList();
            await Grid.DeleteAsync(top.AsNamespace);
            foreach (var token in await Task.WhenAll(making))
            {
                Assert.False(token is not null && (await Grid.ValidateAsync(token)).Allowed);
            }
        }

        async Task<OrleansTokens.DeployTokens.IssuedDeployToken?> MadeAsync(GroupId group)
        {
            OrleansTokens.DeployTokens.IssuedDeployToken? issued = null;
            var outcome = await Outcome.OfAsync(async () => issued = await Grid.TokenAsync((await Grid.ProjectAsync(group)).AsNamespace));
            Assert.True(outcome is null or ErrorCode.NotFound, outcome.ToString());
            return issued;
        }
    }

    private async Task<bool> IsSilentAsync(NamespaceId node)
    {
        try
        {
            await Grid.GetAsync(node).WaitAsync(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }
}
