using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Operators;

public sealed class OperatorGrainTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Create_Always_MakesAnOperatorThatIsFoundByItsUsername()
    {
        var name = Making.Fresh("Ann");
        var made = await Grid.OperatorAsync(name);

        Assert.True(made.Id.Value > OperatorId.First.Value);
        await Grid.DeactivateAllAsync();
        Assert.Equal(made, await Grid.Operators.GetAsync(made.Id));
        Assert.Equal(made, await Grid.Operators.FindByUsernameAsync(name.ToUpperInvariant()));
        Assert.Null(await Grid.Operators.FindByUsernameAsync(Making.Fresh("nobody")));
        var listed = await Grid.Operators.ListAsync(new ListOperators(null, false, name.ToUpperInvariant(), null, false, false, 0, 10));
        Assert.Equal([made], listed.Items);
    }

    [Fact]
    public async Task Create_WhenTheUsernameIsTaken_IsRefusedAndLeavesNothing()
    {
        var (ann, group) = (Making.Fresh("ann"), Making.Fresh("g"));
        await Grid.OperatorAsync(ann);
        await Grid.GroupAsync(slug: group);
        await Grid.Installation.EnsureAdministratorAsync(Making.Secret("glpat-for-the-first-operator"));

        foreach (var taken in new[] { ann, ann.ToUpperInvariant(), group, "root", "ROOT" })
        {
            await Making.RefusedAsync(ErrorCode.AlreadyExists, () => Grid.OperatorAsync(taken), "username");
        }

        await Making.RefusedAsync(ErrorCode.PathTaken, () => Grid.GroupAsync(slug: ann), "path");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.OperatorAsync("a b"), "username");
    }

    [Fact]
    public async Task Create_WhenManyWantOneUsername_ExactlyOneGetsIt()
    {
        var name = Making.Fresh("o");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Outcome.OfAsync(() => (Task)Grid.OperatorAsync(name))));

        Assert.Single(outcomes, static code => code is null);
        Assert.All(outcomes.Where(static code => code is not null), static code => Assert.Equal(ErrorCode.AlreadyExists, code));
    }

    [Fact]
    public async Task Change_OfTheUsername_MovesThePersonalNamespaceAndFreesNothingForAnother()
    {
        var (before, after, other) = (Making.Fresh("o"), Making.Fresh("o"), Making.Fresh("o"));
        var made = await Grid.OperatorAsync(before);
        await Grid.OperatorAsync(other);

        var changed = await Grid.Operators.ChangeAsync(made.Id, Change(username: after, name: "New"));
        await Making.RefusedAsync(ErrorCode.AlreadyExists, () => Grid.Operators.ChangeAsync(made.Id, Change(username: other)), "username");

        Assert.Equal((after, "New"), (changed.Username, changed.Name));
        Assert.Equal(changed, await Grid.Operators.FindByUsernameAsync(after));
        Assert.Null(await Grid.Operators.FindByUsernameAsync(before)); // An old name stands for nobody.
        Assert.Equal(after, (await Grid.GetAsync(made.PersonalNamespace.AsNamespace))!.FullPath);
    }

    [Fact]
    public async Task FirstOperator_WhateverIsAsked_StaysAnAdministratorAndUnblocked()
    {
        await using var grid = await Grid.StartAsync();
        await grid.Installation.EnsureAdministratorAsync(Making.Secret("glpat-for-the-first-operator"));

        await Making.RefusedAsync(ErrorCode.Conflict, () => grid.Operators.ChangeAsync(OperatorId.First, Change(blocked: true)));
        await Making.RefusedAsync(ErrorCode.Conflict, () => grid.Operators.ChangeAsync(OperatorId.First, Change(administrator: false)));
        var place = await grid.Operators.EnsurePersonalNamespaceAsync(OperatorId.First);
        Assert.Equal("root", (await grid.GetAsync(place.AsNamespace))!.FullPath);
        Assert.Equal(place, await grid.Operators.EnsurePersonalNamespaceAsync(OperatorId.First));
    }

    [Fact]
    public async Task PersonalNamespace_Always_HoldsProjectsAndNothingElse()
    {
        var ann = await Grid.OperatorAsync();
        var group = await Grid.GroupAsync();
        var place = ann.PersonalNamespace;
        var project = await Grid.ProjectAsync(place, visibility: Visibility.Public);
        var ofTheProject = await Grid.TokenAsync(project.AsNamespace);

        Assert.Equal(ann.Id, (await Grid.GetAsync(place.AsNamespace))!.PersonalOf);
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TokenAsync(place.AsNamespace), "holder");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.GroupAsync(place), "parent_id");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TransferAsync(group.AsNamespace, place), "parent_id");
        await Making.RefusedAsync(ErrorCode.Conflict, () => Grid.TransferAsync(place.AsNamespace, group));
        Assert.True((await Grid.ValidateAsync(ofTheProject, RegistryAction.PullImage, project)).Allowed);
        var groups = await Grid.Administration.ListNamespacesAsync(
            new ListNamespaces(NamespaceKind.Group, null, null, false, ann.Username, NamespaceOrder.Id, false, 0, 10));
        Assert.Equal(0, groups.Total);
        Assert.Equal(AccessLevel.Owner, await Grid.Operators.GetAccessLevelAsync(project.AsNamespace, ann.Id));
    }

    private static ChangeOperator Change(
        string? username = null, string? name = null, bool? administrator = null, bool? blocked = null) =>
        new(username, name, null, administrator, blocked, Making.Operator);
}
