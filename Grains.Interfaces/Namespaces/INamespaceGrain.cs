using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.Leases;
using OrleansTokens.Operators;

namespace OrleansTokens.Namespaces;

/// <summary>What groups and projects have in common. Every change is durable when its call returns, and every call may be repeated.</summary>
[Alias(WireAliases.INamespaceGrain)]
public interface INamespaceGrain : IGrain
{
    /// <summary>The node as it is, or null where it, or a group above it, does not exist.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<NamespaceView?> GetAsync();

    /// <summary>The node and the groups above it, or null where one of them does not exist, or where there are more of them than
    /// <see cref="Limits.MaxPathSegments"/>. Asks upward only.</summary>
    /// <param name="below">How many nodes are below, in the lineage that is being built: 0 where this node's own is asked for.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: it has no end, or is not known.</exception>
    [AlwaysInterleave, Alias("GetLineage")]
    ValueTask<Lineage?> GetLineageAsync(int below);

    /// <summary>The lineage with its age, for decisions: null under the same conditions as <see cref="GetLineageAsync"/>, but it may be too
    /// long. Asks upward only.</summary>
    /// <param name="below">How many nodes are below, as for <see cref="GetLineageAsync"/>.</param>
    /// <param name="maxAge">What is older is confirmed first. Zero: everything is, after the call began.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: it has no end, or cannot be confirmed.</exception>
    [AlwaysInterleave, Alias("ConfirmLineage")]
    ValueTask<Confirmed<Lineage?>> ConfirmLineageAsync(int below, TimeSpan maxAge);

    /// <summary>Makes the node of this id. Called once for an id that was just handed out.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.PathTaken"/>, <see cref="Errors.ErrorCode.NotFound"/>
    /// (the parent), <see cref="Errors.ErrorCode.InvalidArgument"/>, <see cref="Errors.ErrorCode.LimitExceeded"/> (depth),
    /// <see cref="Errors.ErrorCode.Unavailable"/>. Nothing usable is left behind.</exception>
    [Alias("Create")]
    Task<NamespaceView> CreateAsync(CreateNamespace request);

    /// <summary>Changes what is named; says the new state.</summary>
    /// <exception cref="Errors.TokenAuthorityException">As for <see cref="CreateAsync"/>. Nothing was changed.</exception>
    [Alias("Change")]
    Task<NamespaceView> ChangeAsync(ChangeNamespace change);

    /// <summary>Moves the node, and with it all below it, into another group, or to the top (groups only). The old path leaves a
    /// redirect. Tokens of the groups it left do not reach it any more from
    /// <see cref="NamespaceView.Settling"/> after the call on. Groups move one at a time: call
    /// <see cref="INamespaceDirectoryGrain.TransferAsync"/>.</summary>
    /// <exception cref="Errors.TokenAuthorityException">As for <see cref="CreateAsync"/>, and <see cref="Errors.ErrorCode.Conflict"/>
    /// where a group would come to lie below itself. Nothing was changed.</exception>
    [Alias("Transfer")]
    Task<NamespaceView> TransferAsync(GroupId parent, OperatorId by);

    /// <summary>Deletes the node and all below it. It is durable when the call returns; every token held there is dead from
    /// <see cref="Removal.Settling"/> after it on.</summary>
    [Alias("Delete")]
    Task<Removal> DeleteAsync(OperatorId by);

    /// <summary>Enters a token into the list of tokens held here, before the token itself is written.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>, <see cref="Errors.ErrorCode.LimitExceeded"/>.</exception>
    [Alias("HoldToken")]
    Task HoldTokenAsync(DeployTokens.TokenId token);

    /// <summary>What an operator may do here as a member of the node or of any group above it; nothing where one of them does not exist.
    /// Asks upward only. A change holds when its call has returned.</summary>
    /// <param name="member">The operator.</param>
    /// <param name="below">How many nodes are below, as for <see cref="GetLineageAsync"/>.</param>
    [AlwaysInterleave, Alias("GetAccessLevel")]
    ValueTask<AccessLevel> GetAccessLevelAsync(OperatorId member, int below);

    /// <summary>The members of the node, in order of their ids; with those of the groups above it, each at its highest level, where
    /// <paramref name="inherited"/> is set. Asks upward only.</summary>
    /// <param name="inherited">Whether members of groups above count.</param>
    /// <param name="below">How many nodes are below, as for <see cref="GetLineageAsync"/>.</param>
    [AlwaysInterleave, Alias("GetMembers")]
    ValueTask<ImmutableArray<MemberView>> GetMembersAsync(bool inherited, int below);

    /// <summary>Makes somebody a member.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>, <see cref="Errors.ErrorCode.AlreadyExists"/>,
    /// <see cref="Errors.ErrorCode.InvalidArgument"/>, <see cref="Errors.ErrorCode.LimitExceeded"/>.</exception>
    [Alias("AddMember")]
    Task<MemberView> AddMemberAsync(AddMember request);

    /// <summary>Changes what a member may do, and until when; null where it is no member of this very node. May be repeated.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>,
    /// <see cref="Errors.ErrorCode.InvalidArgument"/>, <see cref="Errors.ErrorCode.Conflict"/>: the group would be left without an owner.</exception>
    [Alias("ChangeMember")]
    Task<MemberView?> ChangeMemberAsync(ChangeMember change);

    /// <summary>Ends a membership of this very node; false where there is none. May be repeated.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>, <see cref="Errors.ErrorCode.Conflict"/>:
    /// the group would be left without an owner.</exception>
    [Alias("RemoveMember")]
    Task<bool> RemoveMemberAsync(OperatorId member, OperatorId by);

    /// <summary>Takes a token that was destroyed off the list of tokens held here, so that it does not count any more. Called by the token.</summary>
    [Alias("ForgetToken")]
    Task ForgetTokenAsync(DeployTokens.TokenId token);

    /// <summary>Brings the index up to date, gives up what an interrupted change left behind, and finishes the deletion where the node,
    /// or a group above it, is gone.</summary>
    [Alias("Reindex")]
    Task ReindexAsync();

    /// <summary>Called by a group that was deleted, for what the index lists in it: deletes the node where it is directly in that group,
    /// and otherwise brings the index up to date. It asks nothing of the group.</summary>
    [Alias("PutAway")]
    Task PutAwayAsync(GroupId deleted, OperatorId by);
}

/// <summary>A group. Keyed by its id.</summary>
[Alias(WireAliases.IGroupGrain)]
public interface IGroupGrain : INamespaceGrain, IGrainWithIntegerKey;

/// <summary>A project. Keyed by its id.</summary>
[Alias(WireAliases.IProjectGrain)]
public interface IProjectGrain : INamespaceGrain, IGrainWithIntegerKey;
