using System.Text.Json.Nodes;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Namespaces;

/// <summary>Groups never nest deeper than they may, whatever is made below a group while it moves.</summary>
public sealed class DepthTests(Grid shared) : GridTest(shared)
{
    private const int HostDepth = 12;

    [Fact]
    public async Task Create_WhenAGroupAboveMovedAfterTheDepthWasLookedAt_IsRefusedAndLeavesNothing()
    {
        var (host, moving, deepest) = await ArrangedAsync();
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteIndex, GrainType: "namespaces" });
        var name = Making.Fresh("late");
        var creating = Outcome.OfAsync(() => Grid.GroupAsync(deepest, name));
        await held.Reached;
        await Grid.TransferAsync(moving.AsNamespace, host);
        held.Release();
        Assert.Equal(ErrorCode.LimitExceeded, await creating);
        Assert.Empty(await Listing.OfAsync(Grid, deepest));
        await Grid.ProjectAsync(deepest, name); // Its name is free.
    }

    [Fact]
    public async Task Transfer_WhenAGroupWasMadeBelowAfterTheHeightWasLookedAt_IsRefusedAndChangesNothing()
    {
        var (host, moving, deepest) = await ArrangedAsync();
        var before = (await Grid.GetAsync(moving.AsNamespace))!;
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "group" });
        var transferring = Outcome.OfAsync(() => Grid.TransferAsync(moving.AsNamespace, host));
        await held.Reached;
        var late = await Grid.GroupAsync(deepest);
        held.Release();
        Assert.Equal(ErrorCode.LimitExceeded, await transferring);
        await Grid.DeactivateAllAsync();
        var after = (await Grid.GetAsync(moving.AsNamespace))!;
        Assert.Equal((before.FullPath, default(GroupId)), (after.FullPath, after.Parent));
        Assert.Equal((moving.AsNamespace, false), ((await Grid.ResolveAsync(before.FullPath)).Target, (await Grid.ResolveAsync(before.FullPath)).Redirected));
        Assert.Empty(await Listing.OfAsync(Grid, host));
        Assert.Equal([late.AsNamespace], await Listing.OfAsync(Grid, deepest));
        await Grid.GroupAsync(host, after.Slug.ToString()); // The name that was not moved to is free.
    }

    [Fact]
    public async Task Transfer_WhenTheSiloStoppedBeforeItLookedAgain_IsTakenBackWhenTheGroupIsNextAsked()
    {
        var (host, moving, deepest) = await ArrangedAsync();
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "group" });
        var lookingAgain = Grid.Faults.HoldAlso(static s => s is { Kind: StepKind.ReadIndex, GrainType: "heights", Nth: 2 });
        var transferring = Outcome.OfAsync(() => Grid.TransferAsync(moving.AsNamespace, host));
        await held.Reached;
        var late = await Grid.GroupAsync(deepest);
        held.Release();
        await lookingAgain.Reached;
        lookingAgain.Release(fail: true);
        Assert.Equal(ErrorCode.Unavailable, await transferring);
        await Grid.DeactivateAllAsync();
        Assert.True((await Grid.GetAsync(moving.AsNamespace))!.Parent.IsNone);
        Assert.NotNull(await Grid.GetAsync(late.AsNamespace));
    }

    [Fact]
    public async Task Transfer_WhileGroupsAreMadeBelow_NeverNestsTooDeep()
    {
        var (host, _, _) = await ArrangedAsync();
        for (var round = 0; round < 6; round++)
        {
            var (moving, deepest) = await ChainAsync(default, Limits.MaxGroupDepth - HostDepth);
            var making = Enumerable.Range(0, 4).Select(async _ =>
            {
                var made = default(GroupId);
                var outcome = await Outcome.OfAsync(async () => made = await Grid.GroupAsync(deepest));
                Assert.True(outcome is null or ErrorCode.LimitExceeded, outcome.ToString());
                return made;
            }).ToList();
            var moved = await Outcome.OfAsync(() => Grid.TransferAsync(moving.AsNamespace, host));
            Assert.True(moved is null or ErrorCode.LimitExceeded, moved.ToString());
            foreach (var made in (await Task.WhenAll(making)).Where(static m => !m.IsNone))
            {
                Assert.InRange((await Grid.GetAsync(made.AsNamespace))!.Lineage.Nodes.Length, 1, Limits.MaxGroupDepth);
            }
        }
    }

    [Fact]
    public async Task List_OfNodesThatAFaultPutTooDeep_LeavesThemOutAndAlive()
    {
        var (moved, deepest, project) = await TooDeepAsync();
        Assert.Null(await Grid.GetAsync(project));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.RenameAsync(project, Making.Fresh("x")));
        Assert.Empty(await Listing.OfAsync(Grid, deepest));
        Assert.Empty(await Listing.BelowAsync(Grid, NamespaceKind.Group, moved));
        await Grid.TransferAsync(moved.AsNamespace, default);
        Assert.Equal([project], await Listing.OfAsync(Grid, deepest));
    }

    [Fact]
    public async Task Validate_OfANodeThatAFaultPutTooDeep_IsDenied()
    {
        var (moved, _, project) = await TooDeepAsync();
        var issued = await Grid.TokenAsync(moved.AsNamespace);
        Assert.Equal("ResourceNotFound", await PullAsync());
        await Grid.TransferAsync(moved.AsNamespace, default);
        Assert.Equal(Outcome.Allowed, await PullAsync());

        Task<string> PullAsync() => Outcome.OfAsync(() => Grid.ValidateAsync(issued, RegistryAction.PullImage, project.AsProject));
    }

    [Fact]
    public async Task Delete_OfANodeThatAFaultPutTooDeep_PutsItAway()
    {
        var (moved, _, project) = await TooDeepAsync();
        Assert.True(await Grid.DeleteAsync(project));
        await Grid.PutAwayAsync(project);
        await Grid.DeleteAsync(moved.AsNamespace);
        await Grid.PutAwayAsync(moved.AsNamespace);
    }

    /// <summary>A group as deep as a path is long, and in it more than a path can name: as nothing but a fault leaves them.</summary>
    private async Task<(GroupId Moved, GroupId Deepest, NamespaceId Project)> TooDeepAsync()
    {
        var (_, host) = await ChainAsync(default, Limits.MaxGroupDepth);
        var (moved, deepest) = await ChainAsync(default, 3);
        var project = (await Grid.ProjectAsync(deepest)).AsNamespace;
        await Grid.DeactivateAllAsync();
        var grain = Making.NodeGrain(moved.AsNamespace);
        var state = JsonNode.Parse(Grid.Storage.Payload(grain)!)!;
        state["parent"] = host.Value;
        Grid.Storage.Overwrite(grain, state.ToJsonString());
        await Grid.Index.UpsertAsync(Grid.Index.Row(moved.AsNamespace)! with { ParentId = host.Value });
        return (moved, deepest, project);
    }

    /// <summary>A host, and a subtree that just fits below it.</summary>
    private async Task<(GroupId Host, GroupId Moving, GroupId Deepest)> ArrangedAsync()
    {
        var (_, host) = await ChainAsync(default, HostDepth);
        var (moving, deepest) = await ChainAsync(default, Limits.MaxGroupDepth - HostDepth);
        return (host, moving, deepest);
    }

    private async Task<(GroupId Top, GroupId Deepest)> ChainAsync(GroupId above, int length)
    {
        var (top, at) = (default(GroupId), above);
        for (var depth = 0; depth < length; depth++)
        {
            at = await Grid.GroupAsync(at);
            top = top.IsNone ? at : top;
        }

        return (top, at);
    }
}
