using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Crashes;

internal sealed class CreateProject(Grid grid) : Scenario(grid)
{
    private readonly string _group = Making.Fresh("g");
    private readonly string _name = Making.Fresh("p");
    private GroupId _parent;
    private NamespaceId _created;

    public override async Task ArrangeAsync() => _parent = await Grid.GroupAsync(slug: _group);

    public override async Task ActAsync() => _created = (await Grid.ProjectAsync(_parent, _name)).AsNamespace;

    public override async Task CheckAsync(bool acknowledged)
    {
        var target = (await Grid.ResolveAsync($"{_group}/{_name}")).Target;
        if (acknowledged)
        {
            Assert.Equal(_created, target);
        }

        if (!target.IsNone && await Grid.GetAsync(target) is { } node)
        {
            await SoundAsync(node);
        }
        else
        {
            Assert.False(acknowledged, "What was acknowledged is lost.");
            Assert.Empty(await Listing.OfAsync(Grid, _parent));
        }
    }

    public override async Task RetryAsync()
    {
        // Where it had been made after all, the name is taken, and leads to it.
        Assert.True(await Outcome.OfAsync(ActAsync) is null or ErrorCode.PathTaken);
        await SoundAsync(await ExistingAsync((await Grid.ResolveAsync($"{_group}/{_name}")).Target));
        Assert.Single(await Listing.OfAsync(Grid, _parent));
    }
}

internal sealed class CreateGroup(Grid grid) : Scenario(grid)
{
    private readonly string _name = Making.Fresh("g");

    public override Task ArrangeAsync() => Task.CompletedTask;

    public override Task ActAsync() => Grid.GroupAsync(slug: _name);

    public override async Task CheckAsync(bool acknowledged)
    {
        var target = (await Grid.ResolveAsync(_name)).Target;
        Assert.True(!acknowledged || (!target.IsNone && await Grid.GetAsync(target) is not null), "What was acknowledged is lost.");
    }

    public override async Task RetryAsync()
    {
        Assert.True(await Outcome.OfAsync(ActAsync) is null or ErrorCode.PathTaken);
        var group = await ExistingAsync((await Grid.ResolveAsync(_name)).Target);
        await SoundAsync(group);
        await Grid.ProjectAsync(group.Id.AsGroup);
    }
}

/// <summary>What renaming and moving have in common: a node with a token, at one place before and at another after.</summary>
internal abstract class Move(Grid grid) : Scenario(grid)
{
    protected string OldName { get; } = Making.Fresh("old");

    protected GroupId From { get; private set; }

    protected ProjectId Project { get; private set; }

    protected IssuedDeployToken OfFrom { get; private set; } = null!;

    protected abstract NamespaceId Moving { get; }

    private string OldPath { get; set; } = "";

    public override async Task ArrangeAsync()
    {
        From = await Grid.GroupAsync();
        Project = await MakeAsync();
        OldPath = (await ExistingAsync(Moving)).FullPath;
        OfFrom = await Grid.TokenAsync(From.AsNamespace);
    }

    public override async Task CheckAsync(bool acknowledged)
    {
        var node = await ExistingAsync(Moving);
        var moved = node.FullPath != OldPath;
        Assert.True(moved || !acknowledged, "What was acknowledged is lost.");
        await CheckAsync(node, moved);
    }

    public override async Task RetryAsync()
    {
        await ActAsync();
        var node = await ExistingAsync(Moving);
        await CheckAsync(node, moved: true);
        var old = await Grid.ResolveAsync(OldPath);
        Assert.Equal((Moving, true), (old.Target, old.Redirected));
        await Grid.ProjectAsync(From, OldName); // The old name is free for others.
        await CheckAsync(node, moved: true);
    }

    protected abstract Task<ProjectId> MakeAsync();

    protected virtual Task CheckAsync(NamespaceView node, bool moved) => SoundAsync(node);
}

internal sealed class RenameProject(Grid grid) : Move(grid)
{
    private readonly string _newName = Making.Fresh("new");

    protected override NamespaceId Moving => Project.AsNamespace;

    public override Task ActAsync() => Grid.RenameAsync(Moving, _newName);

    protected override Task<ProjectId> MakeAsync() => Grid.ProjectAsync(From, OldName);

    protected override async Task CheckAsync(NamespaceView node, bool moved)
    {
        await base.CheckAsync(node, moved);
        Assert.Equal(Outcome.Allowed, await PullAsync(OfFrom, Project));
    }
}

internal abstract class Transfer(Grid grid) : Move(grid)
{
    private GroupId _to;
    private IssuedDeployToken _ofTo = null!;

    public override async Task ArrangeAsync()
    {
        await base.ArrangeAsync();
        _to = await Grid.GroupAsync();
        _ofTo = await Grid.TokenAsync(_to.AsNamespace);
    }

    public override Task ActAsync() => Grid.TransferAsync(Moving, _to);

    protected override async Task CheckAsync(NamespaceView node, bool moved)
    {
        await base.CheckAsync(node, moved);
        Assert.Equal(moved ? "ResourceOutsideHolder" : Outcome.Allowed, await PullAsync(OfFrom, Project));
        Assert.Equal(moved ? Outcome.Allowed : "ResourceOutsideHolder", await PullAsync(_ofTo, Project));
        Assert.DoesNotContain(node.Id, await Listing.OfAsync(Grid, moved ? From : _to));
    }
}

internal sealed class TransferProject(Grid grid) : Transfer(grid)
{
    protected override NamespaceId Moving => Project.AsNamespace;

    protected override Task<ProjectId> MakeAsync() => Grid.ProjectAsync(From, OldName);
}

internal sealed class TransferGroup(Grid grid) : Transfer(grid)
{
    private GroupId _group;

    protected override NamespaceId Moving => _group.AsNamespace;

    protected override async Task<ProjectId> MakeAsync() => await Grid.ProjectAsync(_group = await Grid.GroupAsync(From, OldName));
}

internal sealed class Archive(Grid grid) : Scenario(grid)
{
    private NamespaceId _node;

    public override async Task ArrangeAsync() => _node = (await Grid.ProjectAsync(await Grid.GroupAsync())).AsNamespace;

    public override Task ActAsync() => Grid.Administration.ChangeNamespaceAsync(_node, Making.Change(archived: true, description: "old"));

    public override async Task CheckAsync(bool acknowledged)
    {
        var node = await ExistingAsync(_node);
        await SoundAsync(node);
        Assert.True(node.Archived || !acknowledged, "What was acknowledged is lost.");
        Assert.Equal(node.Archived ? "old" : "", node.Description);
    }

    public override async Task RetryAsync()
    {
        await ActAsync();
        await CheckAsync(acknowledged: true);
    }
}

internal sealed class Delete(Grid grid) : Scenario(grid)
{
    private readonly string _name = Making.Fresh("g");
    private readonly List<NamespaceId> _nodes = [];
    private readonly List<IssuedDeployToken> _tokens = [];

    public override async Task ArrangeAsync()
    {
        var group = await Grid.GroupAsync(slug: _name);
        var below = await Grid.GroupAsync(group);
        _nodes.AddRange([group.AsNamespace, below.AsNamespace, (await Grid.ProjectAsync(below)).AsNamespace]);
        foreach (var node in _nodes)
        {
            _tokens.Add(await Grid.TokenAsync(node));
        }
    }

    public override Task ActAsync() => Grid.DeleteAsync(_nodes[0]);

    public override async Task CheckAsync(bool acknowledged)
    {
        var isThere = await Grid.GetAsync(_nodes[0]) is not null;
        Assert.False(isThere && acknowledged, "What was acknowledged is lost.");
        foreach (var node in _nodes)
        {
            Assert.Equal(isThere, await Grid.GetAsync(node) is not null);
        }

        foreach (var token in _tokens)
        {
            var outcome = await Outcome.OfAsync(() => Grid.ValidateAsync(token));
            Assert.True(isThere ? outcome == Outcome.Allowed : outcome is "HolderGone" or "TokenUnknown" or "Unavailable", outcome);
        }
    }

    public override async Task RetryAsync()
    {
        await ActAsync(); // True or false: it was there, or was not any more.
        await CheckAsync(acknowledged: true);
        var next = await ExistingAsync((await Grid.GroupAsync(slug: _name)).AsNamespace);
        await SoundAsync(next);
        await Grid.DeactivateAllAsync();
        foreach (var node in _nodes)
        {
            Assert.Null(await Grid.GetAsync(node)); // What was interrupted goes on when somebody asks.
        }

        await QuietAsync();
        foreach (var token in _tokens)
        {
            Assert.Equal("TokenUnknown", await Outcome.OfAsync(() => Grid.ValidateAsync(token)));
        }

        await SoundAsync(next);
    }

    public override Task QuietAsync() => Grid.PutAwayAsync([.. _nodes]);
}
