using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Namespaces;

public sealed class MoveTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Rename_OfAProject_LeavesARedirectForGitAndNotForImages()
    {
        var (g, p, q) = (Making.Fresh("g"), Making.Fresh("p"), Making.Fresh("q"));
        var project = await Grid.ProjectAsync(await Grid.GroupAsync(slug: g), p);
        var issued = await Grid.TokenAsync(project.AsNamespace, OrleansTokens.DeployTokens.ScopeNames.All);
        Assert.Equal($"{g}/{q}", (await Grid.RenameAsync(project.AsNamespace, q)).FullPath);
        await LeadsToAsync($"{g}/{q}", project.AsNamespace, redirected: false);
        await LeadsToAsync($"{g}/{p}", project.AsNamespace, redirected: true);
        var old = Resource.Within(Making.Path($"{g}/{p}"));
        Assert.Equal(Outcome.Allowed, await Outcome.OfAsync(() => Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.DownloadCode, old).AsTask()));
        Assert.Equal("ResourceNotFound", await Outcome.OfAsync(() => Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.PullImage, old).AsTask()));
        await Grid.DeactivateAllAsync();
        await LeadsToAsync($"{g}/{p}", project.AsNamespace, redirected: true);
    }

    [Fact]
    public async Task Rename_BackAndForth_LeavesTheOtherNameAsARedirect()
    {
        var (one, two) = (Making.Fresh("a"), Making.Fresh("b"));
        var group = (await Grid.GroupAsync(slug: one)).AsNamespace;
        foreach (var (now, before) in new[] { (two, one), (one, two), (two, one) })
        {
            await Grid.RenameAsync(group, now);
            await LeadsToAsync(now, group, redirected: false);
            await LeadsToAsync(before, group, redirected: true);
        }
    }

    [Fact]
    public async Task Rename_OfLettersCaseOnly_ChangesHowItIsWritten()
    {
        var name = Making.Fresh("name");
        var group = (await Grid.GroupAsync(slug: name)).AsNamespace;
        Assert.Equal(name.ToUpperInvariant(), (await Grid.RenameAsync(group, name.ToUpperInvariant())).FullPath);
        await LeadsToAsync(name, group, redirected: false);
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.GroupAsync(slug: name), "path");
    }

    [Fact]
    public async Task Rename_ToANameThatIsTaken_ChangesNothing()
    {
        var (one, two) = (Making.Fresh("a"), Making.Fresh("b"));
        var (first, second) = ((await Grid.GroupAsync(slug: one)).AsNamespace, (await Grid.GroupAsync(slug: two)).AsNamespace);
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.RenameAsync(first, two), "path");
        await LeadsToAsync(one, first, redirected: false);
        await LeadsToAsync(two, second, redirected: false);
        Assert.Equal(one, (await Grid.GetAsync(first))!.FullPath);
    }

    [Fact]
    public async Task Rename_Always_FreesTheOldNameForOthers()
    {
        var (one, two) = (Making.Fresh("a"), Making.Fresh("b"));
        var first = (await Grid.GroupAsync(slug: one)).AsNamespace;
        await Grid.RenameAsync(first, two);
        var second = (await Grid.GroupAsync(slug: one)).AsNamespace;
        await LeadsToAsync(one, second, redirected: false);
        await LeadsToAsync(two, first, redirected: false);
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.RenameAsync(first, one), "path");
        await Grid.RenameAsync(second, Making.Fresh("c"));
        await LeadsToAsync(one, second, redirected: true);
    }

    [Fact]
    public async Task Transfer_OfAGroup_TakesItsSubtreeAndItsTokensAlong()
    {
        var (a, b, g, p) = (Making.Fresh("a"), Making.Fresh("b"), Making.Fresh("g"), Making.Fresh("p"));
        var (from, to) = (await Grid.GroupAsync(slug: a), await Grid.GroupAsync(slug: b));
        var group = await Grid.GroupAsync(from, g);
        var project = await Grid.ProjectAsync(group, p);
        var (ofOld, ofNew, ofGroup) = (
            await Grid.TokenAsync(from.AsNamespace), await Grid.TokenAsync(to.AsNamespace), await Grid.TokenAsync(group.AsNamespace));
        var moved = await Grid.TransferAsync(group.AsNamespace, to);
        Assert.Equal(($"{b}/{g}", to), (moved.FullPath, moved.Parent));
        Assert.Equal("ResourceOutsideHolder", await PullAsync(ofOld));
        Assert.Equal(Outcome.Allowed, await PullAsync(ofNew));
        Assert.Equal(Outcome.Allowed, await PullAsync(ofGroup));
        await LeadsToAsync($"{b}/{g}/{p}", project.AsNamespace, redirected: false);
        await LeadsToAsync($"{a}/{g}/{p}", project.AsNamespace, redirected: true);
        Assert.Empty(await Listing.OfAsync(Grid, from));
        Assert.Equal([group.AsNamespace], await Listing.OfAsync(Grid, to));
        await Grid.DeactivateAllAsync();
        Assert.Equal("ResourceOutsideHolder", await PullAsync(ofOld));
        Assert.Equal(Outcome.Allowed, await PullAsync(ofNew));

        Task<string> PullAsync(OrleansTokens.DeployTokens.IssuedDeployToken token) =>
            Outcome.OfAsync(() => Grid.ValidateAsync(token, RegistryAction.PullImage, project));
    }

    [Fact]
    public async Task Transfer_ToTheTopAndBack_IsForGroupsOnly()
    {
        var parent = await Grid.GroupAsync();
        var (group, project) = (await Grid.GroupAsync(parent), await Grid.ProjectAsync(parent));
        Assert.Single((await Grid.TransferAsync(group.AsNamespace, default)).Lineage.Nodes);
        Assert.Equal(2, (await Grid.TransferAsync(group.AsNamespace, parent)).Lineage.Nodes.Length);
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TransferAsync(project.AsNamespace, default), "namespace_id");
    }

    [Fact]
    public async Task Transfer_ToWhereItIs_ChangesNothing()
    {
        var parent = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(parent);
        var before = await Grid.GetAsync(project.AsNamespace);
        Assert.Equal(before!.Text(), (await Grid.TransferAsync(project.AsNamespace, parent)).Text());
    }

    [Fact]
    public async Task Transfer_BelowItself_IsRefused()
    {
        var top = await Grid.GroupAsync();
        var below = await Grid.GroupAsync(await Grid.GroupAsync(top));
        await Making.RefusedAsync(ErrorCode.Conflict, () => Grid.TransferAsync(top.AsNamespace, below));
        await Making.RefusedAsync(ErrorCode.Conflict, () => Grid.TransferAsync(top.AsNamespace, top));
        Assert.Single((await Grid.GetAsync(top.AsNamespace))!.Lineage.Nodes);
    }

    [Fact]
    public async Task Transfer_WhereTheNameIsTaken_ChangesNothing()
    {
        var (from, to, name) = (await Grid.GroupAsync(), await Grid.GroupAsync(), Making.Fresh("p"));
        var (moving, sitting) = (await Grid.ProjectAsync(from, name), await Grid.ProjectAsync(to, name));
        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.TransferAsync(moving.AsNamespace, to), "path");
        Assert.Equal([moving.AsNamespace], await Listing.OfAsync(Grid, from));
        Assert.Equal([sitting.AsNamespace], await Listing.OfAsync(Grid, to));
    }

    [Fact]
    public async Task Transfer_OfATallGroup_CountsItsSubgroupsWhetherOrNotThereAreProjects()
    {
        var at = default(GroupId);
        var chain = new List<GroupId>();
        for (var depth = 1; depth <= Limits.MaxGroupDepth - 2; depth++)
        {
            chain.Add(at = await Grid.GroupAsync(at));
        }

        var top = await Grid.GroupAsync();
        var middle = await Grid.GroupAsync(top);
        var low = await Grid.GroupAsync(middle);
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.TransferAsync(top.AsNamespace, chain[^1]), "parent_id");
        await Grid.TransferAsync(top.AsNamespace, chain[^2]);
        var project = await Grid.ProjectAsync(low);
        Assert.Equal(Limits.MaxPathSegments, (await Grid.GetAsync(project.AsNamespace))!.Lineage.Nodes.Length);
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.GroupAsync(low), "parent_id");
    }

    [Fact]
    public async Task Transfer_AfterACreationBelowFailed_DoesNotCountWhatNeverCameToBe()
    {
        var at = default(GroupId);
        for (var depth = 1; depth < Limits.MaxGroupDepth; depth++)
        {
            at = await Grid.GroupAsync(at);
        }

        var group = await Grid.GroupAsync();
        Grid.Faults.FailOnce(new GridStep(StepKind.WriteState, "group", 2), FaultMode.NotApplied);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.GroupAsync(group));
        Assert.True(Grid.Faults.Happened);
        Assert.Empty(await Listing.OfAsync(Grid, group));
        Assert.Equal(Limits.MaxGroupDepth, (await Grid.TransferAsync(group.AsNamespace, at)).Lineage.Nodes.Length);
    }

    [Fact]
    public async Task Transfer_ToWhatIsNotThere_IsNotFound()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        var gone = await Grid.GroupAsync();
        await Grid.DeleteAsync(gone.AsNamespace);
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TransferAsync(project.AsNamespace, gone));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TransferAsync(new NamespaceId(NamespaceKind.Group, 987_654), default));
    }

    [Fact]
    public async Task Transfer_OfSomethingPublicIntoSomethingPrivate_HidesIt()
    {
        var (open, closed) = (await Grid.GroupAsync(visibility: Visibility.Public), await Grid.GroupAsync());
        var project = await Grid.ProjectAsync(open, visibility: Visibility.Public);
        Assert.True((await Grid.Validator.ValidateAnonymousAsync(RegistryAction.PullImage, Resource.Of(project))).Allowed);
        await Grid.TransferAsync(project.AsNamespace, closed);
        Assert.False((await Grid.Validator.ValidateAnonymousAsync(RegistryAction.PullImage, Resource.Of(project))).Allowed);
    }

    [Fact]
    public async Task Change_OfSeveralThingsAtOnce_ChangesAllOfThem()
    {
        var project = (await Grid.ProjectAsync(await Grid.GroupAsync(visibility: Visibility.Public))).AsNamespace;
        var before = (await Grid.GetAsync(project))!;
        var slug = Making.Fresh("p");
        var after = await Grid.Administration.ChangeNamespaceAsync(project, Making.Change(slug, "New", "text", Visibility.Public, true));
        Assert.Equal((slug, "New", "text", Visibility.Public, true), (after.Slug.ToString(), after.Name, after.Description, after.Visibility, after.Archived));
        Assert.True(after.Epoch > before.Epoch);
        var again = await Grid.Administration.ChangeNamespaceAsync(project, Making.Change(slug, "New", "text", Visibility.Public, true));
        Assert.Equal(after.Text(), again.Text());
    }

    [Fact]
    public async Task Change_ToWhatCannotBe_NamesItAndChangesNothing()
    {
        var project = (await Grid.ProjectAsync(await Grid.GroupAsync())).AsNamespace;
        var before = await Grid.GetAsync(project);
        foreach (var (field, change) in new[]
        {
            ("name", Making.Change(Making.Fresh("p"), name: "")),
            ("description", Making.Change(Making.Fresh("p"), description: new string('x', Limits.MaxDescriptionLength + 1))),
            ("visibility_level", Making.Change(Making.Fresh("p"), visibility: Visibility.Internal)),
        })
        {
            await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.Administration.ChangeNamespaceAsync(project, change), field);
        }

        Assert.Equal(before!.Text(), (await Grid.GetAsync(project))!.Text());
    }

    [Theory]
    [InlineData(Visibility.Public, Visibility.Internal, false)]
    [InlineData(Visibility.Public, Visibility.Private, false)]
    [InlineData(Visibility.Internal, Visibility.Internal, true)]
    [InlineData(Visibility.Internal, Visibility.Private, false)]
    [InlineData(Visibility.Private, Visibility.Private, true)]
    public async Task Change_OfAGroup_MakesItNoLessVisibleThanWhatIsInIt(Visibility inside, Visibility visibility, bool allowed)
    {
        foreach (var ofProject in new[] { true, false })
        {
            var group = await Grid.GroupAsync(visibility: Visibility.Public);
            var child = ofProject
                ? (await Grid.ProjectAsync(group, visibility: inside)).AsNamespace
                : (await Grid.GroupAsync(group, visibility: inside)).AsNamespace;
            Task LowerAsync() => Grid.Administration.ChangeNamespaceAsync(group.AsNamespace, Making.Change(visibility: visibility));
            if (!allowed)
            {
                await Making.RefusedAsync(ErrorCode.InvalidArgument, LowerAsync, "visibility_level");
                Assert.Equal(Visibility.Public, (await Grid.GetAsync(group.AsNamespace))!.Visibility);
                await Grid.DeleteAsync(child);
            }

            await LowerAsync();
            Assert.Equal(visibility, (await Grid.GetAsync(group.AsNamespace))!.Visibility);
        }
    }

    [Fact]
    public async Task Archive_OfAGroup_StopsWritesBelowUntilItIsBroughtBack()
    {
        var group = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(await Grid.GroupAsync(group));
        var issued = await Grid.TokenAsync(group.AsNamespace);
        foreach (var archived in new[] { true, false })
        {
            await Grid.Administration.ChangeNamespaceAsync(group.AsNamespace, Making.Change(archived: archived));
            Assert.Equal(archived ? "ResourceArchived" : Outcome.Allowed, await Outcome.OfAsync(() => Grid.ValidateAsync(issued, RegistryAction.PushImage, project)));
            Assert.Equal(Outcome.Allowed, await Outcome.OfAsync(() => Grid.ValidateAsync(issued, RegistryAction.PullImage, project)));
        }
    }

    private async Task LeadsToAsync(string path, NamespaceId node, bool redirected)
    {
        var resolved = await Grid.ResolveAsync(path);
        Assert.Equal((node, redirected), (resolved.Target, resolved.Redirected));
    }
}
