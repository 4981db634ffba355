using System.Collections.Immutable;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Client;

/// <summary>
/// Administers operators, their tokens, and the members of groups and projects, and says who is who. It asks nobody whether the operator
/// named in a request may do so: its caller has. Safe for any number of threads. Every change is durable, and obeyed, when its call
/// returns.
/// </summary>
/// <remarks>
/// <para>
/// Who gets another username leaves a path, and may take one that led elsewhere: such a call goes on, after it is durable, until nobody can go
/// by what was before, for which <see cref="DeployTokenClientOptions.Deadline"/> does not count. See
/// <see cref="DeployTokenAdministration"/>.
/// </para>
/// <para>Every method throws <see cref="TokenAuthorityException"/>: with the code of what is wrong with the request, in which
/// case nothing was changed, or with <see cref="Errors.ErrorCode.Unavailable"/>, within
/// <see cref="DeployTokenClientOptions.Deadline"/>, in which case it is not known whether anything was.</para>
/// </remarks>
public sealed class OperatorAdministration
{
    private readonly GridCalls _calls;
    private readonly Settlement _settlement;

    internal OperatorAdministration(GridCalls calls, Settlement settlement)
    {
        _calls = calls;
        _settlement = settlement;
    }

    private IOperatorDirectoryGrain Directory => _calls.Grains.GetGrain<IOperatorDirectoryGrain>(0);

    /// <summary>Whom an operator token stands for now, or why for nobody.</summary>
    public Task<OperatorAuthentication> AuthenticateAsync(Secret token, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Directory.AuthenticateAsync(token), cancellation);

    /// <summary>Makes an operator.</summary>
    public Task<OperatorView> CreateAsync(CreateOperator request, CancellationToken cancellation = default) =>
        SettledAsync(() => Directory.CreateAsync(request), cancellation);

    /// <summary>An operator, or null where there is none.</summary>
    public Task<OperatorView?> GetAsync(OperatorId id, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Operator(id).GetAsync(), cancellation);

    /// <summary>The operator of a username, in any case, or null.</summary>
    public Task<OperatorView?> FindByUsernameAsync(string username, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Directory.FindByUsernameAsync(username), cancellation);

    /// <summary>A page of operators.</summary>
    public Task<OperatorPage> ListAsync(ListOperators query, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Directory.ListAsync(query), cancellation);

    /// <summary>Changes what is named of an operator.</summary>
    public Task<OperatorView> ChangeAsync(OperatorId id, ChangeOperator change, CancellationToken cancellation = default) =>
        SettledAsync(() => Operator(id).ChangeAsync(change), cancellation);

    /// <summary>Where an operator's own projects are; made now where there is none yet.</summary>
    public Task<GroupId> EnsurePersonalNamespaceAsync(OperatorId id, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Operator(id).EnsurePersonalNamespaceAsync(), cancellation);

    /// <summary>Makes an operator token. The answer is the only place where its secret is ever shown.</summary>
    public Task<IssuedOperatorToken> IssueTokenAsync(IssueOperatorToken request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _calls.RunAsync(() => Operator(request.Operator).IssueTokenAsync(request), cancellation);
    }

    /// <summary>A page of operator tokens.</summary>
    public Task<OperatorTokenPage> ListTokensAsync(ListOperatorTokens query, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Directory.ListTokensAsync(query), cancellation);

    /// <summary>An operator token, or null where there is none.</summary>
    public Task<OperatorTokenView?> FindTokenAsync(OperatorTokenId token, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Directory.FindTokenAsync(token), cancellation);

    /// <summary>Revokes an operator token: it is dead when the call returns. False where the operator has none such.</summary>
    public Task<bool> RevokeTokenAsync(
        OperatorId holder, OperatorTokenId token, OperatorId by, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Operator(holder).RevokeTokenAsync(token, by), cancellation);

    /// <summary>Replaces an operator token by a new one; null where the operator has none such. See
    /// <see cref="IOperatorGrain.RotateTokenAsync"/>.</summary>
    public Task<IssuedOperatorToken?> RotateTokenAsync(
        OperatorId holder, OperatorTokenId token, DateTimeOffset? expiresAt, OperatorId by, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Operator(holder).RotateTokenAsync(token, expiresAt, by), cancellation);

    /// <summary>What an operator may do in a group or project as a member of it or of a group above.</summary>
    public Task<AccessLevel> GetAccessLevelAsync(NamespaceId node, OperatorId member, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Node(node).GetAccessLevelAsync(member, below: 0).AsTask(), cancellation);

    /// <summary>The members of a group or project, in order of their ids; with those of the groups above it where asked for.</summary>
    public Task<ImmutableArray<MemberView>> GetMembersAsync(
        NamespaceId node, bool inherited, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Node(node).GetMembersAsync(inherited, below: 0).AsTask(), cancellation);

    /// <summary>Makes somebody a member.</summary>
    public Task<MemberView> AddMemberAsync(NamespaceId node, AddMember request, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Node(node).AddMemberAsync(request), cancellation);

    /// <summary>Changes a member; null where it is none of this very node.</summary>
    public Task<MemberView?> ChangeMemberAsync(NamespaceId node, ChangeMember change, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Node(node).ChangeMemberAsync(change), cancellation);

    /// <summary>Ends a membership of this very node; false where there is none.</summary>
    public Task<bool> RemoveMemberAsync(
        NamespaceId node, OperatorId member, OperatorId by, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Node(node).RemoveMemberAsync(member, by), cancellation);

    private async Task<OperatorView> SettledAsync(Func<Task<OperatorView>> change, CancellationToken cancellation)
    {
        var view = await _calls.RunAsync(change, cancellation);
        await _settlement.WaitAsync(view.Settling, cancellation);
        return view with { Settling = TimeSpan.Zero };
    }

    private IOperatorGrain Operator(OperatorId id) => _calls.Grains.GetGrain<IOperatorGrain>(id.Value);

    private INamespaceGrain Node(NamespaceId id) => id.Kind switch
    {
        NamespaceKind.Group => _calls.Grains.GetGrain<IGroupGrain>(id.Value),
        NamespaceKind.Project => _calls.Grains.GetGrain<IProjectGrain>(id.Value),
        _ => throw TokenAuthorityException.Invalid("id", "is neither a group nor a project"),
    };
}
