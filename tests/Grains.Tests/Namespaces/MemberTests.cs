using System.Text.Json.Nodes;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Tests.Namespaces;

public sealed class MemberTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Level_Always_IsTheHighestOfTheNodeAndTheGroupsAbove()
    {
        var (top, sub, project) = await TreeAsync();
        var ann = (await Grid.OperatorAsync()).Id;

        await AddAsync(sub, ann, AccessLevel.Reporter);
        Assert.Equal(AccessLevel.None, await LevelAsync(top, ann));
        Assert.Equal(AccessLevel.Reporter, await LevelAsync(sub, ann));
        Assert.Equal(AccessLevel.Reporter, await LevelAsync(project, ann));

        await AddAsync(project, ann, AccessLevel.Maintainer);
        await AddAsync(top, ann, AccessLevel.Developer);
        Assert.Equal(AccessLevel.Developer, await LevelAsync(sub, ann));
        Assert.Equal(AccessLevel.Maintainer, await LevelAsync(project, ann));
        await Grid.DeactivateAllAsync();
        Assert.Equal(AccessLevel.Maintainer, await LevelAsync(project, ann));
    }

    [Fact]
    public async Task Change_WhenItReturned_Holds()
    {
        var (top, _, project) = await TreeAsync();
        var ann = (await Grid.OperatorAsync()).Id;
        await AddAsync(top, ann, AccessLevel.Owner);
        Assert.Equal(AccessLevel.Owner, await LevelAsync(project, ann));

        await Grid.Operators.ChangeMemberAsync(top, new ChangeMember(ann, AccessLevel.Guest, null, false, Making.Operator));
        Assert.Equal(AccessLevel.Guest, await LevelAsync(project, ann));
        Assert.True(await Grid.Operators.RemoveMemberAsync(top, ann, Making.Operator));
        Assert.Equal(AccessLevel.None, await LevelAsync(project, ann));
        Assert.False(await Grid.Operators.RemoveMemberAsync(top, ann, Making.Operator));
        Assert.Null(await Grid.Operators.ChangeMemberAsync(top, new ChangeMember(ann, AccessLevel.Guest, null, false, Making.Operator)));
    }

    [Fact]
    public async Task Level_WhenTheMembershipEnds_IsNoneFromThatInstantOn()
    {
        var (top, _, project) = await TreeAsync();
        var ann = (await Grid.OperatorAsync()).Id;
        var end = Grid.Clock.Now.AddMinutes(1);
        await Grid.Operators.AddMemberAsync(top, new AddMember(ann, AccessLevel.Developer, end, Making.Operator));

        Grid.Clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.Equal(AccessLevel.Developer, await LevelAsync(project, ann));
        Grid.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(AccessLevel.None, await LevelAsync(project, ann));
        Assert.DoesNotContain(await Grid.Operators.GetMembersAsync(project, inherited: true), m => m.Operator == ann);
        await AddAsync(top, ann, AccessLevel.Guest); // Somebody whose membership has ended may become one again.
    }

    [Fact]
    public async Task Add_WhenItCannotBe_IsRefused()
    {
        var (top, sub, project) = await TreeAsync();
        var ann = (await Grid.OperatorAsync()).Id;
        await AddAsync(sub, ann, AccessLevel.Developer);

        await Making.RefusedAsync(ErrorCode.AlreadyExists, () => AddAsync(sub, ann, AccessLevel.Owner), "user_id");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => AddAsync(project, ann, AccessLevel.Guest), "access_level");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => AddAsync(top, ann, (AccessLevel)42), "access_level");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => AddAsync(top, default, AccessLevel.Guest), "user_id");
        await Making.RefusedAsync(ErrorCode.NotFound, () => AddAsync(new GroupId(999_999).AsNamespace, ann, AccessLevel.Guest));
    }

    [Fact]
    public async Task End_OnADayThatIsPast_IsRefused()
    {
        var (top, _, _) = await TreeAsync();
        var (ann, bob) = ((await Grid.OperatorAsync()).Id, (await Grid.OperatorAsync()).Id);
        await AddAsync(top, ann, AccessLevel.Guest);
        var today = new DateTimeOffset(Grid.Clock.Now.UtcDateTime.Date, TimeSpan.Zero);
        var past = today.AddTicks(-1);

        await Making.RefusedAsync(
            ErrorCode.InvalidArgument,
            () => Grid.Operators.AddMemberAsync(top, new AddMember(bob, AccessLevel.Guest, past, Making.Operator)),
            "expires_at");
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument,
            () => Grid.Operators.ChangeMemberAsync(top, new ChangeMember(ann, AccessLevel.Guest, past, ChangesExpiry: true, Making.Operator)),
            "expires_at");
        Assert.Equal(AccessLevel.Guest, await LevelAsync(top, ann));

        await Grid.Operators.AddMemberAsync(top, new AddMember(bob, AccessLevel.Guest, today, Making.Operator));
        await Grid.Operators.ChangeMemberAsync(top, new ChangeMember(ann, AccessLevel.Guest, today, ChangesExpiry: true, Making.Operator));
        Assert.Equal((AccessLevel.None, AccessLevel.None), (await LevelAsync(top, ann), await LevelAsync(top, bob)));
    }

    [Fact]
    public async Task Remove_OfTheLastOwnerOfAGroup_IsRefusedUnlessThereIsOneAbove()
    {
        var (top, sub, _) = await TreeAsync();

        await Making.RefusedAsync(ErrorCode.Conflict, () => Grid.Operators.RemoveMemberAsync(top, Making.Operator, Making.Operator), "user_id");
        await Making.RefusedAsync(
            ErrorCode.Conflict,
            () => Grid.Operators.ChangeMemberAsync(top, new ChangeMember(Making.Operator, AccessLevel.Guest, null, false, Making.Operator)),
            "user_id");
        Assert.True(await Grid.Operators.RemoveMemberAsync(sub, Making.Operator, Making.Operator));
        await AddAsync(top, (await Grid.OperatorAsync()).Id, AccessLevel.Owner);
        Assert.True(await Grid.Operators.RemoveMemberAsync(top, Making.Operator, Making.Operator));
    }

    [Fact]
    public async Task Members_WithInherited_AreEachOnceAtTheHighestLevel()
    {
        var (top, sub, project) = await TreeAsync();
        var (ann, bob) = ((await Grid.OperatorAsync()).Id, (await Grid.OperatorAsync()).Id);
        await AddAsync(top, ann, AccessLevel.Guest);
        await AddAsync(sub, ann, AccessLevel.Developer);
        await AddAsync(project, bob, AccessLevel.Reporter);

        Assert.Equal([bob], (await Grid.Operators.GetMembersAsync(project, inherited: false)).Select(static m => m.Operator));
        Assert.Equal(
            new[] { (Making.Operator, AccessLevel.Owner), (ann, AccessLevel.Developer), (bob, AccessLevel.Reporter) }.OrderBy(static m => m.Item1.Value),
            (await Grid.Operators.GetMembersAsync(project, inherited: true)).Select(static m => (m.Operator, m.Level)));
    }

    [Fact]
    public async Task Node_OfAnEarlierRelease_HasNoMembersAndTakesSome()
    {
        var (_, _, project) = await TreeAsync();
        var ann = (await Grid.OperatorAsync()).Id;
        await Grid.DeactivateAllAsync();
        var stored = JsonNode.Parse(Grid.Storage.Payload(Making.NodeGrain(project))!)!.AsObject();
        stored.Remove("members");
        stored.Remove("untold_members");
        Grid.Storage.Overwrite(Making.NodeGrain(project), stored.ToJsonString());

        Assert.Empty(await Grid.Operators.GetMembersAsync(project, inherited: false));
        await AddAsync(project, ann, AccessLevel.Guest);
        Assert.Equal(AccessLevel.Guest, await LevelAsync(project, ann));
    }

    [Fact]
    public async Task List_ForAReader_ShowsWhatIsVisibleAndNothingElse()
    {
        await using var grid = await Grid.StartAsync();
        var (ann, bob) = ((await grid.OperatorAsync()).Id, (await grid.OperatorAsync()).Id);
        var open = await grid.GroupAsync(visibility: Visibility.Public);
        var closed = await grid.GroupAsync();
        var inner = await grid.GroupAsync(closed);
        var seen = await grid.ProjectAsync(open, visibility: Visibility.Public);
        var inside = await grid.ProjectAsync(open, visibility: Visibility.Internal);
        var hidden = await grid.ProjectAsync(open);
        var deep = await grid.ProjectAsync(inner);
        await grid.Operators.AddMemberAsync(closed.AsNamespace, new AddMember(ann, AccessLevel.Guest, null, Making.Operator));
        await grid.Operators.AddMemberAsync(hidden.AsNamespace, new AddMember(bob, AccessLevel.Maintainer, null, Making.Operator));

        Assert.Equal([seen], await SeenAsync(new ListReader(default, Visibility.Public, AccessLevel.Guest)));
        Assert.Equal([seen, inside, deep], await SeenAsync(new ListReader(ann, Visibility.Internal, AccessLevel.Guest)));
        Assert.Equal([seen, inside, hidden], await SeenAsync(new ListReader(bob, Visibility.Internal, AccessLevel.Guest)));
        Assert.Equal([deep], await SeenAsync(new ListReader(ann, null, AccessLevel.Guest)));
        Assert.Equal([], await SeenAsync(new ListReader(ann, null, AccessLevel.Developer)));
        Assert.Equal([deep], await SeenAsync(new ListReader(ann, Visibility.Internal, AccessLevel.Guest), closed));

        await grid.Operators.RemoveMemberAsync(closed.AsNamespace, ann, Making.Operator);
        Assert.Equal([seen, inside], await SeenAsync(new ListReader(ann, Visibility.Internal, AccessLevel.Guest)));

        async Task<IEnumerable<ProjectId>> SeenAsync(ListReader reader, GroupId? below = null)
        {
            var page = await grid.Administration.ListNamespacesAsync(
                new ListNamespaces(NamespaceKind.Project, null, below, false, null, NamespaceOrder.Id, false, 0, 10, reader));
            Assert.Equal(page.Items.Length, page.Total);
            return page.Items.Select(static p => p.Id.AsProject);
        }
    }

    private async Task<(NamespaceId Top, NamespaceId Sub, NamespaceId Project)> TreeAsync()
    {
        var top = await Grid.GroupAsync();
        var sub = await Grid.GroupAsync(top);
        return (top.AsNamespace, sub.AsNamespace, (await Grid.ProjectAsync(sub)).AsNamespace);
    }

    private Task<MemberView> AddAsync(NamespaceId node, OperatorId member, AccessLevel level) =>
        Grid.Operators.AddMemberAsync(node, new AddMember(member, level, null, Making.Operator));

    private Task<AccessLevel> LevelAsync(NamespaceId node, OperatorId member) => Grid.Operators.GetAccessLevelAsync(node, member);
}
