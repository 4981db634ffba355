using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Namespaces;

public sealed class CreateTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Create_OfGroupAndProject_SaysWhatTheyAre()
    {
        var (g, p) = (Making.Fresh("G"), Making.Fresh("p"));
        var group = await Grid.Administration.CreateGroupAsync(Making.Called(g, visibility: Visibility.Internal, name: "Acme", description: "d"));
        Assert.Equal((g, "Acme", "d", Visibility.Internal, false), (group.FullPath, group.Name, group.Description, group.Visibility, group.Archived));
        Assert.Equal((Grid.Clock.Now, default(GroupId)), (group.CreatedAt, group.Parent));
        var project = await Grid.Administration.CreateProjectAsync(Making.Called(p, group.Id.AsGroup, name: "Api"));
        Assert.Equal(($"{g}/{p}", "Acme / Api", group.Id.AsGroup), (project.FullPath, project.FullName, project.Parent));
        await Grid.DeactivateAllAsync();
        Assert.Equal(project.Text(), (await Grid.GetAsync(project.Id))!.Text());
        Assert.Equal(group.Text(), (await Grid.GetAsync(group.Id))!.Text());
    }

    [Fact]
    public async Task Create_OfGroupsInGroups_Goes20DeepWithProjectsInTheDeepest()
    {
        var parents = new List<GroupId> { default };
        for (var depth = 1; depth <= Limits.MaxGroupDepth; depth++)
        {
            parents.Add(await Grid.GroupAsync(parents[^1]));
        }

        var project = await Grid.ProjectAsync(parents[^1]);
        var view = (await Grid.GetAsync(project.AsNamespace))!;
        Assert.Equal(Limits.MaxPathSegments, view.Lineage.Nodes.Length);
        Assert.Equal(project, (await Grid.ResolveAsync(view.FullPath)).Target.AsProject);
        var fromTheTop = await Grid.TokenAsync(parents[1].AsNamespace);
        Assert.True((await Grid.ValidateAsync(fromTheTop, RegistryAction.PullImage, project)).Allowed);
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.GroupAsync(parents[^1]), "parent_id");
    }

    [Fact]
    public async Task Create_OfAPathThatExists_IsRefusedInAnyCaseAndForBothKinds()
    {
        var (g, p) = (Making.Fresh("Group"), Making.Fresh("Name"));
        var group = await Grid.GroupAsync(slug: g);
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.GroupAsync(slug: g.ToUpperInvariant()), "path");
        await Grid.ProjectAsync(group, p);
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.ProjectAsync(group, p.ToLowerInvariant()), "path");
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.GroupAsync(group, p), "path");
        await Grid.ProjectAsync(await Grid.GroupAsync(), p); // Elsewhere the name is free.
        Assert.Equal($"{g}/{p}", (await Grid.GetAsync((await Grid.ResolveAsync($"{g.ToUpperInvariant()}/{p.ToUpperInvariant()}")).Target))!.FullPath);
    }

    [Fact]
    public async Task Create_WhenItIsRefused_TakesNoName()
    {
        var group = await Grid.GroupAsync();
        var name = Making.Fresh("p");
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument,
            () => Grid.Administration.CreateProjectAsync(Making.Called(name, group, Visibility.Public)),
            "visibility_level");
        await Grid.ProjectAsync(group, name);
    }

    [Theory]
    [InlineData(Visibility.Private, Visibility.Private, true)]
    [InlineData(Visibility.Private, Visibility.Internal, false)]
    [InlineData(Visibility.Internal, Visibility.Internal, true)]
    [InlineData(Visibility.Internal, Visibility.Public, false)]
    [InlineData(Visibility.Public, Visibility.Public, true)]
    public async Task Create_BelowAGroup_IsNotMoreVisibleThanIt(Visibility above, Visibility visibility, bool allowed)
    {
        var group = await Grid.GroupAsync(visibility: above);
        foreach (var create in new Func<Task>[] { () => Grid.GroupAsync(group, visibility: visibility), () => Grid.ProjectAsync(group, visibility: visibility) })
        {
            Assert.Equal(allowed ? null : ErrorCode.InvalidArgument, await Outcome.OfAsync(create));
        }
    }

    [Fact]
    public async Task Create_BelowAGroupBelowSomethingPrivate_GoesByTheLeastVisible()
    {
        var middle = await Grid.GroupAsync(visibility: Visibility.Public);
        await Grid.TransferAsync(middle.AsNamespace, await Grid.GroupAsync());
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.ProjectAsync(middle, visibility: Visibility.Internal), "visibility_level");
    }

    [Fact]
    public async Task Create_WithWhatCannotBe_NamesIt()
    {
        var group = await Grid.GroupAsync();
        await RefusedAsync("path", Making.Called("x", group) with { Slug = default });
        await RefusedAsync("name", Making.Called("x", group, name: " "));
        await RefusedAsync("name", Making.Called("x", group, name: new string('x', Limits.MaxNameLength + 1)));
        await RefusedAsync("description", Making.Called("x", group, description: new string('x', Limits.MaxDescriptionLength + 1)));
        await Making.RefusedAsync(
            ErrorCode.InvalidArgument, () => Grid.Administration.CreateProjectAsync(Making.Called("x")), "namespace_id");

        async Task RefusedAsync(string field, CreateNamespace request)
        {
            await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.Administration.CreateGroupAsync(request), field);
            await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.Administration.CreateProjectAsync(request), field);
        }
    }

    [Fact]
    public async Task Create_BelowWhatIsNotThere_IsNotFound()
    {
        var group = await Grid.GroupAsync();
        var below = await Grid.GroupAsync(group);
        await Grid.DeleteAsync(group.AsNamespace);
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.ProjectAsync(group));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.ProjectAsync(below));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.GroupAsync(new GroupId(987_654)));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.GroupAsync(new GroupId(-1)));
    }

    [Fact]
    public async Task Create_OfOnePathByManyAtOnce_SucceedsOnce()
    {
        var group = await Grid.GroupAsync();
        for (var round = 0; round < 5; round++)
        {
            var name = Making.Fresh("p");
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Outcome.OfAsync(
                () => i % 2 == 0 ? Grid.ProjectAsync(group, name) : Grid.GroupAsync(group, name))));
            Assert.Single(outcomes, static o => o is null);
            Assert.Equal(11, outcomes.Count(static o => o == ErrorCode.PathTaken));
        }

        Assert.Equal(5, (await Listing.OfAsync(Grid, group)).Count);
    }

    [Fact]
    public async Task List_OfASubtree_HasWhatIsBelowAtAnyDepthAndOnlyThat()
    {
        var top = await Grid.GroupAsync();
        var below = await Grid.GroupAsync(top);
        var (shallow, deep) = (await Grid.ProjectAsync(top), await Grid.ProjectAsync(below));
        await Grid.ProjectAsync(await Grid.GroupAsync());
        Assert.Equal([shallow.AsNamespace, deep.AsNamespace], await Listing.BelowAsync(Grid, NamespaceKind.Project, top));
        Assert.Equal([deep.AsNamespace], await Listing.BelowAsync(Grid, NamespaceKind.Project, below));
        Assert.Equal([below.AsNamespace], await Listing.BelowAsync(Grid, NamespaceKind.Group, top));
        Assert.Equal([below.AsNamespace, shallow.AsNamespace], await Listing.OfAsync(Grid, top));
    }
}
