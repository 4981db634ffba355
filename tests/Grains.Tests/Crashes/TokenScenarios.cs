using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Tests.Crashes;

internal sealed class Issue(Grid grid) : Scenario(grid)
{
    private NamespaceId _holder;
    private IssuedDeployToken? _issued;

    public override async Task ArrangeAsync() => _holder = (await Grid.ProjectAsync(await Grid.GroupAsync())).AsNamespace;

    public override async Task ActAsync() => _issued = await Grid.TokenAsync(_holder);

    public override async Task CheckAsync(bool acknowledged)
    {
        Assert.Equal(acknowledged, _issued is not null);
        if (_issued is not null)
        {
            Assert.Equal(Outcome.Allowed, await Outcome.OfAsync(() => Grid.ValidateAsync(_issued)));
        }

        await RevocableAsync();
    }

    public override async Task RetryAsync()
    {
        await ActAsync();
        await CheckAsync(acknowledged: true);
    }

    /// <summary>Nothing on the list is half: whatever is there can be read and revoked.</summary>
    private async Task RevocableAsync()
    {
        var page = await Grid.Administration.ListTokensAsync(new ListDeployTokens(_holder, false, 0, 10));
        Assert.Equal(page.Total, page.Items.Length);
        foreach (var token in page.Items.Where(token => token.Id != _issued?.Token.Id))
        {
            Assert.NotNull(await Grid.RevokeAsync(token.Id));
        }
    }
}

internal sealed class Revoke(Grid grid) : Scenario(grid)
{
    private IssuedDeployToken _token = null!;

    public override async Task ArrangeAsync() => _token = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);

    public override Task ActAsync() => Grid.RevokeAsync(_token.Token.Id, "leaked");

    public override async Task CheckAsync(bool acknowledged)
    {
        var outcome = await Outcome.OfAsync(() => Grid.ValidateAsync(_token));
        Assert.True(outcome == "TokenRevoked" || (outcome == Outcome.Allowed && !acknowledged), outcome);
        Assert.Equal(outcome == "TokenRevoked", (await Grid.Administration.GetTokenAsync(_token.Token.Id))!.Revocation is not null);
    }

    public override async Task RetryAsync()
    {
        var wasDead = await Outcome.OfAsync(() => Grid.ValidateAsync(_token)) == "TokenRevoked";
        var receipt = await Grid.RevokeAsync(_token.Token.Id, "leaked");
        Assert.Equal(wasDead, receipt!.AlreadyRevoked);
        await CheckAsync(acknowledged: true);
        var active = await Grid.Administration.ListTokensAsync(new ListDeployTokens(_token.Token.Holder, ActiveOnly: true, 0, 10));
        Assert.Equal((0, 0), (active.Items.Length, active.Total));
    }
}

internal sealed class RevokeAll(Grid grid) : Scenario(grid)
{
    private GroupId _group;
    private IssuedDeployToken _token = null!;

    public override async Task ArrangeAsync()
    {
        _group = await Grid.GroupAsync();
        _token = await Grid.TokenAsync((await Grid.ProjectAsync(_group)).AsNamespace);
    }

    public override Task ActAsync() => Grid.RevokeTokensAsync(_group.AsNamespace, "leaked");

    public override async Task CheckAsync(bool acknowledged)
    {
        var outcome = await Outcome.OfAsync(() => Grid.ValidateAsync(_token));
        Assert.True(outcome == "TokenRevoked" || (outcome == Outcome.Allowed && !acknowledged), outcome);
        Assert.Equal(outcome == "TokenRevoked", (await Grid.Administration.GetTokenAsync(_token.Token.Id))!.Revocation is not null);
    }

    public override async Task RetryAsync()
    {
        await ActAsync();
        await CheckAsync(acknowledged: true);
        Assert.Equal(Outcome.Allowed, await Outcome.OfAsync(async () => await Grid.ValidateAsync(await Grid.TokenAsync(_token.Token.Holder))));
    }
}

/// <summary>What is revoked with all in a group stays dead, and what is alive there alive, wherever a move out of it ends.</summary>
internal sealed class MoveOutOfRevoked(Grid grid) : Scenario(grid)
{
    private NamespaceId _moving;
    private GroupId _to;
    private IssuedDeployToken _dead = null!;
    private IssuedDeployToken _alive = null!;

    public override async Task ArrangeAsync()
    {
        var from = await Grid.GroupAsync();
        (_to, _moving) = (await Grid.GroupAsync(), (await Grid.GroupAsync(from)).AsNamespace);
        _dead = await Grid.TokenAsync(_moving);
        await Grid.RevokeTokensAsync(from.AsNamespace);
        _alive = await Grid.TokenAsync(_moving);
    }

    public override Task ActAsync() => Grid.TransferAsync(_moving, _to);

    public override async Task CheckAsync(bool acknowledged)
    {
        Assert.True(!acknowledged || (await ExistingAsync(_moving)).Parent == _to, "What was acknowledged is lost.");
        Assert.Equal("TokenRevoked", await Outcome.OfAsync(() => Grid.ValidateAsync(_dead)));
        Assert.Equal(Outcome.Allowed, await Outcome.OfAsync(() => Grid.ValidateAsync(_alive)));
    }

    public override async Task RetryAsync()
    {
        await ActAsync();
        await CheckAsync(acknowledged: true);
    }
}

internal sealed class Destroy(Grid grid) : Scenario(grid)
{
    private IssuedDeployToken _token = null!;

    public override async Task ArrangeAsync() => _token = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);

    public override Task ActAsync() => Grid.DestroyAsync(_token.Token.Id);

    public override async Task CheckAsync(bool acknowledged)
    {
        var outcome = await Outcome.OfAsync(() => Grid.ValidateAsync(_token));
        Assert.True(outcome == "TokenUnknown" || (outcome == Outcome.Allowed && !acknowledged), outcome);
        Assert.Equal(outcome == Outcome.Allowed, await Grid.Administration.GetTokenAsync(_token.Token.Id) is not null);
    }

    public override async Task RetryAsync()
    {
        Assert.True(await Grid.DestroyAsync(_token.Token.Id));
        await CheckAsync(acknowledged: true);
        Assert.DoesNotContain("\"count\"", Grid.Storage.Payload(Making.NodeGrain(_token.Token.Holder))!, StringComparison.Ordinal);
        var listed = await Grid.Administration.ListTokensAsync(new ListDeployTokens(_token.Token.Holder, false, 0, 10));
        Assert.Equal((0, 0), (listed.Items.Length, listed.Total));
    }
}

internal abstract class Administrator(Grid grid) : Scenario(grid)
{
    protected Secret Old { get; } = Making.Secret(Making.Fresh("glpat-old"));

    protected Secret New { get; } = Making.Secret(Making.Fresh("glpat-new"));

    public override Task ArrangeAsync() => EnsureAsync(Old);

    public override Task ActAsync() => EnsureAsync(New);

    /// <summary>As the host does at its start. It takes every exception for a start that failed.</summary>
    protected async Task<Secret?> EnsureAsync(Secret? given)
    {
        try
        {
            return await Grid.Installation.EnsureAdministratorAsync(given);
        }
        catch (Exception fault) when (fault is not TokenAuthorityException)
        {
            throw new TokenAuthorityException("The start failed.", fault);
        }
    }

    protected Task<OperatorPrincipal?> AuthenticateAsync(Secret token) => Grid.AuthenticateAsync(token);
}

internal sealed class ChangeAdministrator(Grid grid) : Administrator(grid)
{
    public override async Task CheckAsync(bool acknowledged)
    {
        var (old, now) = (await AuthenticateAsync(Old), await AuthenticateAsync(New));
        Assert.True(old is not null || now is not null, "The administrator is locked out.");
        Assert.True(!acknowledged || (old is null && now is not null), "What was acknowledged is lost.");
    }

    public override async Task RetryAsync()
    {
        await ActAsync();
        await CheckAsync(acknowledged: true);
    }
}

/// <summary>The operator gives up, and goes on with a third token: neither of the others may be left alive.</summary>
internal sealed class AbandonAdministrator(Grid grid) : Administrator(grid)
{
    private readonly Secret _third = Making.Secret(Making.Fresh("glpat-third"));

    public override Task CheckAsync(bool acknowledged) => Task.CompletedTask;

    public override async Task RetryAsync()
    {
        Assert.Null(await EnsureAsync(null));
        await EnsureAsync(_third);
        Assert.NotNull(await AuthenticateAsync(_third));
        Assert.Null(await AuthenticateAsync(Old));
        Assert.Null(await AuthenticateAsync(New));
    }
}
