using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Installation;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Faulty;

/// <summary>An operation of several steps, any of which may fail, and what must be true afterwards.</summary>
internal abstract class Scenario(Grid grid)
{
    protected Grid Grid { get; } = grid;

    public static Scenario Of(string name, Grid grid) => name switch
    {
        nameof(CreateProject) => new CreateProject(grid),
        nameof(RenameProject) => new RenameProject(grid),
        nameof(TransferGroup) => new TransferGroup(grid),
        nameof(ArchiveGroup) => new ArchiveGroup(grid),
        nameof(DeleteProject) => new DeleteProject(grid),
        nameof(IssueToken) => new IssueToken(grid),
        nameof(RevokeToken) => new RevokeToken(grid),
        nameof(DestroyToken) => new DestroyToken(grid),
        nameof(ChangeAdministrator) => new ChangeAdministrator(grid),
        _ => throw new ArgumentException(name),
    };

    public abstract Task PrepareAsync();

    public abstract Task OperateAsync();

    /// <summary>Checks; then does the operation again where it was not acknowledged, and checks that it took effect.</summary>
    public abstract Task CheckAsync(bool acknowledged);

    protected async Task<bool> PullsAsync(IssuedDeployToken issued, ProjectId project) =>
        (await Grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Allowed;

    /// <summary>The node is where it says it is.</summary>
    protected async Task<string> SoundAsync(NamespaceId node)
    {
        var view = await Grid.GetAsync(node);
        Assert.NotNull(view);
        Assert.Equal(new ResolvedPath(node, false, view.Lineage.Nodes.Length), await Grid.ResolveAsync(view.FullPath));
        return view.FullPath;
    }
}

internal sealed class CreateProject(Grid grid) : Scenario(grid)
{
    private readonly string _top = Making.Fresh("top");
    private GroupId _group;

    public override async Task PrepareAsync() => _group = await Grid.GroupAsync(slug: _top);

    public override Task OperateAsync() => Grid.ProjectAsync(_group, "api");

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            try
            {
                await OperateAsync();
            }
            catch (TokenAuthorityException taken) when (taken.Code == ErrorCode.PathTaken)
            {
            }
        }

        var found = await Grid.ResolveAsync($"{_top}/api");
        Assert.Equal($"{_top}/api", await SoundAsync(found.Target));
        var listed = await Grid.Administration.ListNamespacesAsync(
            new ListNamespaces(NamespaceKind.Project, _group, null, false, null, NamespaceOrder.Id, false, 0, 100));
        Assert.Equal([found.Target], listed.Items.Select(static item => item.Id));
    }
}

internal sealed class RenameProject(Grid grid) : Scenario(grid)
{
    private readonly string _top = Making.Fresh("top");
    private ProjectId _project;

    public override async Task PrepareAsync() => _project = await Grid.ProjectAsync(await Grid.GroupAsync(slug: _top), "before");

    public override Task OperateAsync() => Grid.RenameAsync(_project.AsNamespace, "after");

    public override async Task CheckAsync(bool acknowledged)
    {
        await SoundAsync(_project.AsNamespace);
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.Equal($"{_top}/after", await SoundAsync(_project.AsNamespace));
        Assert.Equal(new ResolvedPath(_project.AsNamespace, true, 2), await Grid.ResolveAsync($"{_top}/before"));
    }
}

internal sealed class TransferGroup(Grid grid) : Scenario(grid)
{
    private readonly string _to = Making.Fresh("to");
    private GroupId _moving;
    private GroupId _target;
    private ProjectId _project;
    private IssuedDeployToken _old = null!;
    private IssuedDeployToken _new = null!;

    public override async Task PrepareAsync()
    {
        var from = await Grid.GroupAsync();
        _target = await Grid.GroupAsync(slug: _to);
        _moving = await Grid.GroupAsync(from, "moving");
        _project = await Grid.ProjectAsync(_moving, "api");
        _old = await Grid.TokenAsync(from.AsNamespace);
        _new = await Grid.TokenAsync(_target.AsNamespace);
    }

    public override Task OperateAsync() => Grid.TransferAsync(_moving.AsNamespace, _target);

    public override async Task CheckAsync(bool acknowledged)
    {
        await SoundAsync(_moving.AsNamespace);
        Assert.NotEqual(await PullsAsync(_old, _project), await PullsAsync(_new, _project));
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.Equal($"{_to}/moving/api", await SoundAsync(_project.AsNamespace));
        Assert.Equal((false, true), (await PullsAsync(_old, _project), await PullsAsync(_new, _project)));
    }
}

internal sealed class ArchiveGroup(Grid grid) : Scenario(grid)
{
    private GroupId _group;
    private ProjectId _project;
    private IssuedDeployToken _token = null!;

    public override async Task PrepareAsync()
    {
        _group = await Grid.GroupAsync();
        _project = await Grid.ProjectAsync(_group);
        _token = await Grid.TokenAsync(_group.AsNamespace);
    }

    public override Task OperateAsync() => Grid.Administration.ChangeNamespaceAsync(_group.AsNamespace, Making.Change(archived: true));

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.Equal(DenyReason.ResourceArchived, (await Grid.ValidateAsync(_token, RegistryAction.PushImage, _project)).Reason);
    }
}

internal sealed class DeleteProject(Grid grid) : Scenario(grid)
{
    private readonly string _top = Making.Fresh("top");
    private GroupId _group;
    private ProjectId _project;
    private IssuedDeployToken _token = null!;

    public override async Task PrepareAsync()
    {
        _group = await Grid.GroupAsync(slug: _top);
        _project = await Grid.ProjectAsync(_group, "api");
        _token = await Grid.TokenAsync(_project.AsNamespace);
    }

    public override Task OperateAsync() => Grid.DeleteAsync(_project.AsNamespace);

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.False((await Grid.ValidateAsync(_token)).Allowed);
        Assert.Null(await Grid.GetAsync(_project.AsNamespace));
        await Patience.UntilAsync(async () => (await Grid.ResolveAsync($"{_top}/api")).Target.IsNone, "the name was given up");
        await Grid.ProjectAsync(_group, "api");
    }
}

internal sealed class IssueToken(Grid grid) : Scenario(grid)
{
    private ProjectId _project;
    private IssuedDeployToken? _issued;

    public override async Task PrepareAsync() => _project = await Grid.ProjectAsync(await Grid.GroupAsync());

    public override async Task OperateAsync() => _issued = await Grid.TokenAsync(_project.AsNamespace);

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.True(await PullsAsync(_issued!, _project));
        var listed = await Grid.Administration.ListTokensAsync(new ListDeployTokens(_project.AsNamespace, true, 0, 100));
        Assert.Contains(_issued!.Token.Id, listed.Items.Select(static item => item.Id));
        Assert.Equal(listed.Total, listed.Items.Length);
    }
}

internal class RevokeToken(Grid grid) : Scenario(grid)
{
    protected IssuedDeployToken Token { get; private set; } = null!;

    public override async Task PrepareAsync() => Token = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);

    public override async Task OperateAsync() => Assert.NotNull(await Grid.RevokeAsync(Token.Token.Id));

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(Token)).Reason);
    }
}

internal sealed class DestroyToken(Grid grid) : RevokeToken(grid)
{
    public override async Task OperateAsync() => Assert.True(await Grid.DestroyAsync(Token.Token.Id));

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.Equal(DenyReason.TokenUnknown, (await Grid.ValidateAsync(Token)).Reason);
        Assert.Null(await Grid.Administration.GetTokenAsync(Token.Token.Id));
    }
}

internal sealed class ChangeAdministrator(Grid grid) : Scenario(grid)
{
    private readonly Secret _old = Making.Secret(Making.Fresh("an-old-operator-token"));
    private readonly Secret _new = Making.Secret(Making.Fresh("a-new-operator-token"));

    private IInstallationGrain Installation => Grid.Grains.GetGrain<IInstallationGrain>(0);

    public override Task PrepareAsync() => Installation.EnsureAdministratorAsync(_old);

    public override Task OperateAsync() => Installation.EnsureAdministratorAsync(_new);

    public override async Task CheckAsync(bool acknowledged)
    {
        if (!acknowledged)
        {
            await OperateAsync();
        }

        Assert.True((await Grid.Administration.AuthenticateOperatorAsync(_new))!.IsAdministrator);
        Assert.Null(await Grid.Administration.AuthenticateOperatorAsync(_old));
    }
}
