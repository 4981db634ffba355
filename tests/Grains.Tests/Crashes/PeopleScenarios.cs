using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Tests.Crashes;

internal sealed class MakeOperator(Grid grid) : Scenario(grid)
{
    private readonly string _username = Making.Fresh("o");

    public override Task ArrangeAsync() => Task.CompletedTask;

    public override Task ActAsync() => Grid.OperatorAsync(_username);

    public override async Task CheckAsync(bool acknowledged)
    {
        var made = await Grid.Operators.FindByUsernameAsync(_username);
        Assert.True(!acknowledged || made is not null, "What was acknowledged is lost.");
        if (made is not null)
        {
            Assert.Equal(made.Id, (await Grid.GetAsync(made.PersonalNamespace.AsNamespace))!.PersonalOf);
        }
    }

    public override async Task RetryAsync()
    {
        Assert.True(await Outcome.OfAsync(ActAsync) is null or ErrorCode.AlreadyExists);
        await CheckAsync(acknowledged: true);
    }
}

internal sealed class RenameOperator(Grid grid) : Scenario(grid)
{
    private readonly string _after = Making.Fresh("o");
    private OperatorView _made = null!;

    public override async Task ArrangeAsync() => _made = await Grid.OperatorAsync();

    public override Task ActAsync() =>
        Grid.Operators.ChangeAsync(_made.Id, new ChangeOperator(_after, null, null, null, null, Making.Operator));

    public override async Task CheckAsync(bool acknowledged)
    {
        var now = await Grid.Operators.GetAsync(_made.Id);
        Assert.Equal(acknowledged ? _after : now!.Username, now!.Username);
        Assert.Equal(now, await Grid.Operators.FindByUsernameAsync(now.Username));
    }
}

internal sealed class IssueOperatorTokens(Grid grid) : Scenario(grid)
{
    private OperatorView _made = null!;
    private IssuedOperatorToken? _issued;

    public override async Task ArrangeAsync() => _made = await Grid.OperatorAsync();

    public override async Task ActAsync() => _issued = await Grid.OperatorTokenAsync(_made);

    public override async Task CheckAsync(bool acknowledged)
    {
        if (acknowledged)
        {
            Assert.NotNull(await Grid.AuthenticateAsync(_issued!.Secret));
            Assert.Equal(_issued.Token, await Grid.Operators.FindTokenAsync(_issued.Token.Id));
        }
    }
}

/// <summary>At every moment one of the two is alive at most, and the new one only where its secret was told.</summary>
internal sealed class RotateOperatorToken(Grid grid) : Scenario(grid)
{
    private OperatorView _made = null!;
    private IssuedOperatorToken _old = null!;
    private IssuedOperatorToken? _new;

    public override async Task ArrangeAsync()
    {
        _made = await Grid.OperatorAsync();
        _old = await Grid.OperatorTokenAsync(_made);
    }

    public override async Task ActAsync() =>
        _new = await Grid.Operators.RotateTokenAsync(_made.Id, _old.Token.Id, null, Making.Operator);

    public override async Task CheckAsync(bool acknowledged)
    {
        var alive = await Grid.Operators.ListTokensAsync(new ListOperatorTokens(_made.Id, true, null, null, false, 0, 10));
        Assert.Single(alive.Items);
        if (acknowledged)
        {
            Assert.NotNull(await Grid.AuthenticateAsync(_new!.Secret));
            Assert.Null(await Grid.AuthenticateAsync(_old.Secret));
            Assert.Equal(_new.Token, await Grid.Operators.FindTokenAsync(_new.Token.Id));
        }
    }

    /// <summary>Where it was done and the answer was lost, the secret is lost with it: the old token is dead, and says so.</summary>
    public override async Task RetryAsync()
    {
        var refusal = await Outcome.OfAsync(ActAsync);
        Assert.True(refusal is null or ErrorCode.Conflict);
        await CheckAsync(acknowledged: refusal is null);
        Assert.Null(await Grid.AuthenticateAsync(_old.Secret));
    }
}

internal sealed class RevokeOperatorToken(Grid grid) : Scenario(grid)
{
    private OperatorView _made = null!;
    private IssuedOperatorToken _issued = null!;

    public override async Task ArrangeAsync()
    {
        _made = await Grid.OperatorAsync();
        _issued = await Grid.OperatorTokenAsync(_made);
    }

    public override Task ActAsync() => Grid.Operators.RevokeTokenAsync(_made.Id, _issued.Token.Id, Making.Operator);

    public override async Task CheckAsync(bool acknowledged) =>
        Assert.True(!acknowledged || await Grid.AuthenticateAsync(_issued.Secret) is null, "A revoked token is alive.");

    public override async Task RetryAsync()
    {
        await ActAsync();
        await CheckAsync(acknowledged: true);
    }
}

/// <summary>A member comes, or goes: what it may do and what its lists show agree when all is quiet.</summary>
internal abstract class Membership(Grid grid) : Scenario(grid)
{
    protected OperatorId Member { get; private set; }

    protected GroupId Group { get; private set; }

    public override async Task ArrangeAsync()
    {
        Member = (await Grid.OperatorAsync()).Id;
        Group = await Grid.GroupAsync();
        await Grid.ProjectAsync(Group);
    }

    protected Task AddAsync() =>
        Grid.Operators.AddMemberAsync(Group.AsNamespace, new AddMember(Member, AccessLevel.Developer, null, Making.Operator));

    protected async Task<bool> IsMemberAsync() =>
        await Grid.Operators.GetAccessLevelAsync(Group.AsNamespace, Member) == AccessLevel.Developer;

    protected async Task ListedAsync(bool expected)
    {
        var page = await Grid.Administration.ListNamespacesAsync(new ListNamespaces(
            NamespaceKind.Project, null, Group, false, null, NamespaceOrder.Id, false, 0, 10,
            new ListReader(Member, Visibility.Internal, AccessLevel.Guest)));
        Assert.Equal(expected ? 1 : 0, page.Total);
        var all = await Grid.Administration.ListNamespacesAsync(new ListNamespaces(
            NamespaceKind.Project, null, null, false, null, NamespaceOrder.Id, false, 0, 10,
            new ListReader(Member, null, AccessLevel.Guest)));
        Assert.Equal((expected ? 1 : 0, expected ? 1 : 0), (all.Items.Length, all.Total));
    }
}

internal sealed class JoinGroup(Grid grid) : Membership(grid)
{
    public override Task ActAsync() => AddAsync();

    public override async Task CheckAsync(bool acknowledged) =>
        Assert.True(!acknowledged || await IsMemberAsync(), "What was acknowledged is lost.");

    public override async Task RetryAsync()
    {
        Assert.True(await Outcome.OfAsync(ActAsync) is null or ErrorCode.AlreadyExists);
        Assert.True(await IsMemberAsync());
        await ListedAsync(expected: true);
    }
}

internal sealed class LeaveGroup(Grid grid) : Membership(grid)
{
    public override async Task ArrangeAsync()
    {
        await base.ArrangeAsync();
        await AddAsync();
    }

    public override Task ActAsync() => Grid.Operators.RemoveMemberAsync(Group.AsNamespace, Member, Making.Operator);

    public override async Task CheckAsync(bool acknowledged) =>
        Assert.True(!acknowledged || !await IsMemberAsync(), "Somebody is a member who was removed.");

    public override async Task RetryAsync()
    {
        await ActAsync();
        Assert.False(await IsMemberAsync());
        await ListedAsync(expected: false);
    }
}
