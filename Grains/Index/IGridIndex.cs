using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Index;

/// <summary>What the index knows of one group or project.</summary>
/// <param name="Kind">Group or project; together with <paramref name="Id"/> the identity of the row.</param>
/// <param name="Id">1 or greater.</param>
/// <param name="ParentId">The group directly above; 0 at the top level.</param>
/// <param name="Slug">The last segment of the path.</param>
/// <param name="Name">The name shown to people.</param>
/// <param name="Visibility">The visibility level, as the grain numbers it.</param>
/// <param name="Archived">Whether the node is archived. Archived nodes are listed like any other.</param>
/// <param name="CreatedAt">When the node was created.</param>
/// <param name="Deleted">A deleted row is never found again, and stays behind as a tombstone so that an older, late row cannot revive it.</param>
/// <param name="Epoch">Grows with every change of the node. A row replaces the stored one unless that has a greater epoch.</param>
/// <param name="Personal">A personal namespace: a group at the top that is found in no list of groups. It never changes.</param>
public sealed record NamespaceRow(
    NamespaceKind Kind,
    long Id,
    long ParentId,
    string Slug,
    string Name,
    int Visibility,
    bool Archived,
    DateTimeOffset CreatedAt,
    bool Deleted,
    long Epoch,
    bool Personal = false);

/// <summary>What the index knows of one deploy token. Nothing here is secret.</summary>
/// <param name="Id">1 or greater; the identity of the row.</param>
/// <param name="HolderKind">The kind of node that holds the token. A deleted row may have none.</param>
/// <param name="HolderId">The node that holds the token; 1 or greater. A deleted row may have none.</param>
/// <param name="Name">The name shown to people.</param>
/// <param name="Username">The username that goes with the secret.</param>
/// <param name="Scopes">The scopes, as the grain numbers them.</param>
/// <param name="CreatedAt">When the token was issued.</param>
/// <param name="ExpiresAt">The first instant at which the token is no longer active; <see langword="null"/> for never.</param>
/// <param name="Revoked">Whether the token is revoked.</param>
/// <param name="Deleted">As in <see cref="NamespaceRow.Deleted"/>.</param>
/// <param name="Epoch">As in <see cref="NamespaceRow.Epoch"/>.</param>
public sealed record TokenRow(
    long Id,
    NamespaceKind HolderKind,
    long HolderId,
    string Name,
    string Username,
    int Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    bool Revoked,
    bool Deleted,
    long Epoch);

/// <summary>The order of a list of groups or projects. Equal rows are ordered by id, in the same direction.</summary>
public enum NamespaceSort
{
    /// <summary>By id.</summary>
    Id,

    /// <summary>By name, letter case ignored, in code point order.</summary>
    Name,

    /// <summary>By slug (the node's own segment, not the full path: so does GitLab), letter case ignored, in code point order.</summary>
    Path,

    /// <summary>By time of creation.</summary>
    CreatedAt,
}

/// <summary>Which groups or projects to find. All given conditions must hold.</summary>
/// <param name="Kind">Only this kind.</param>
/// <param name="ParentId">Only nodes directly below this group; 0 for the top level; <see langword="null"/> for any.</param>
/// <param name="SubtreeOf">
/// Only nodes below this group, at any depth, itself excluded. Nodes that hang below a deleted group are not below anything.
/// </param>
/// <param name="Search">Only nodes whose name or slug contains this text, letter case ignored; no character is a wildcard.</param>
/// <param name="Sort">The order.</param>
/// <param name="Descending">Whether the order is reversed.</param>
/// <param name="Offset">How many nodes to pass over; 0 or greater.</param>
/// <param name="Limit">How many nodes to return at most; 0 (count only) to <see cref="GridIndexRules.MaxLimit"/>.</param>
/// <param name="Reader">Only what is visible to this reader; <see langword="null"/> for all.</param>
/// <param name="Visibility">Only nodes of this very level, as <see cref="NamespaceRow.Visibility"/>; <see langword="null"/> for any.</param>
/// <param name="Archived">Only archived nodes, or only others; <see langword="null"/> for both.</param>
public sealed record NamespaceQuery(
    NamespaceKind Kind,
    long? ParentId,
    long? SubtreeOf,
    string? Search,
    NamespaceSort Sort,
    bool Descending,
    int Offset,
    int Limit,
    IndexReader? Reader = null,
    int? Visibility = null,
    bool? Archived = null);

/// <summary>Which deploy tokens to find, in order of their ids. All given conditions must hold.</summary>
/// <param name="HolderKind">Only tokens held by this kind of node.</param>
/// <param name="HolderId">Only tokens held by this very node, 1 or greater; needs <paramref name="HolderKind"/>.</param>
/// <param name="ActiveAt">Only tokens active at this instant: not revoked, and either without expiry or before it.</param>
/// <param name="Descending">Whether the greatest id comes first.</param>
/// <param name="Offset">How many tokens to pass over; 0 or greater.</param>
/// <param name="Limit">How many tokens to return at most; 0 (count only) to <see cref="GridIndexRules.MaxLimit"/>.</param>
public sealed record TokenQuery(
    NamespaceKind? HolderKind,
    long? HolderId,
    DateTimeOffset? ActiveAt,
    bool Descending,
    int Offset,
    int Limit);

/// <summary>One page of a list.</summary>
/// <param name="Ids">The ids on this page, in the order asked for.</param>
/// <param name="Total">How many rows fit the query on all pages together, as of the same instant.</param>
public sealed record IndexPage(IReadOnlyList<long> Ids, long Total);

/// <summary>
/// Listing, search and counting over all groups, projects and deploy tokens. It is fed by the grains after the fact, can lag
/// behind them, and can be rebuilt from them: it answers what to show and never what to allow.
/// </summary>
/// <remarks>
/// Every method throws <see cref="ArgumentException"/> for a row or query that breaks the ranges stated on its type, and whatever
/// the store throws when it cannot answer. An upsert may be repeated and may arrive late or out of order.
/// </remarks>
public interface IGridIndex
{
    /// <summary>Stores the row durably, unless a row of a greater epoch is already stored: then it does nothing.</summary>
    /// <param name="row">The group or project as of <see cref="NamespaceRow.Epoch"/>.</param>
    /// <param name="ct">Gives up waiting; what was already handed to the store may still be stored.</param>
    Task UpsertAsync(NamespaceRow row, CancellationToken ct = default);

    /// <summary>Stores the row durably, unless a row of a greater epoch is already stored: then it does nothing.</summary>
    /// <param name="row">The token as of <see cref="TokenRow.Epoch"/>.</param>
    /// <param name="ct">Gives up waiting; what was already handed to the store may still be stored.</param>
    Task UpsertAsync(TokenRow row, CancellationToken ct = default);

    /// <summary>Stores the row durably, unless a row of a greater epoch is already stored: then it does nothing.</summary>
    /// <param name="row">The operator as of <see cref="OperatorRow.Epoch"/>.</param>
    /// <param name="ct">Gives up waiting; what was already handed to the store may still be stored.</param>
    Task UpsertAsync(OperatorRow row, CancellationToken ct = default);

    /// <summary>Stores the row durably, unless a row of a greater epoch is already stored: then it does nothing.</summary>
    /// <param name="row">The token as of <see cref="OperatorTokenRow.Epoch"/>.</param>
    /// <param name="ct">Gives up waiting; what was already handed to the store may still be stored.</param>
    Task UpsertAsync(OperatorTokenRow row, CancellationToken ct = default);

    /// <summary>Stores the row durably, unless a row of a greater epoch is already stored: then it does nothing.</summary>
    /// <param name="row">The member as of <see cref="MemberRow.Epoch"/>.</param>
    /// <param name="ct">Gives up waiting; what was already handed to the store may still be stored.</param>
    Task UpsertAsync(MemberRow row, CancellationToken ct = default);

    /// <summary>Finds groups or projects. Sees every upsert that completed before the call.</summary>
    /// <param name="query">Which ones, in which order, which page.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<IndexPage> FindAsync(NamespaceQuery query, CancellationToken ct = default);

    /// <summary>Finds deploy tokens. Sees every upsert that completed before the call.</summary>
    /// <param name="query">Which ones and which page.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<IndexPage> FindAsync(TokenQuery query, CancellationToken ct = default);

    /// <summary>Finds operators. Sees every upsert that completed before the call.</summary>
    /// <param name="query">Which ones and which page.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<IndexPage> FindAsync(OperatorQuery query, CancellationToken ct = default);

    /// <summary>Finds operator tokens. Sees every upsert that completed before the call.</summary>
    /// <param name="query">Which ones and which page.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<IndexPage> FindAsync(OperatorTokenQuery query, CancellationToken ct = default);

    /// <summary>The operator whose token this is, or <see langword="null"/> where there is no such token.</summary>
    /// <param name="tokenId">The token.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<long?> FindTokenHolderAsync(long tokenId, CancellationToken ct = default);

    /// <summary>The ids of the active tokens of a holder that CI jobs may be given, lowest first.</summary>
    /// <param name="holder">The project or group.</param>
    /// <param name="activeAt">Only tokens neither revoked nor expired at this time.</param>
    /// <param name="limit">How many ids to return at most; 1 to <see cref="GridIndexRules.MaxLimit"/>.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<IReadOnlyList<long>> FindForJobsAsync(NamespaceId holder, DateTimeOffset activeAt, int limit, CancellationToken ct = default);

    /// <summary>
    /// How many levels of groups lie below this one: 0 when it has no subgroups, and never more than
    /// <see cref="GridIndexRules.MaxGroupHeight"/>, which is also the answer where half-applied moves form a ring.
    /// </summary>
    /// <param name="groupId">The group; one that is unknown has height 0.</param>
    /// <param name="ct">Abandons the search.</param>
    Task<int> GroupHeightAsync(long groupId, CancellationToken ct = default);
}
