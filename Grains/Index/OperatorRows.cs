using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Index;

/// <summary>What the index knows of one operator.</summary>
/// <param name="Id">1 or greater; the identity of the row.</param>
/// <param name="Username">The login.</param>
/// <param name="Name">The name shown to people.</param>
/// <param name="Email">The address.</param>
/// <param name="Administrator">Whether it is an administrator.</param>
/// <param name="Blocked">Whether it is blocked.</param>
/// <param name="Deleted">As in <see cref="NamespaceRow.Deleted"/>.</param>
/// <param name="Epoch">As in <see cref="NamespaceRow.Epoch"/>.</param>
public sealed record OperatorRow(
    long Id, string Username, string Name, string Email, bool Administrator, bool Blocked, bool Deleted, long Epoch);

/// <summary>Which operators to find, in order of their ids. All given conditions must hold.</summary>
/// <param name="Search">Only those whose name or username contains this text, letter case ignored; no character is a wildcard.</param>
/// <param name="SearchEmails">Whether it may be the address instead.</param>
/// <param name="Username">Only the one with this username, letter case ignored.</param>
/// <param name="Blocked">Only those that are blocked, or that are not.</param>
/// <param name="AdministratorsOnly">Only administrators.</param>
/// <param name="Descending">Whether the greatest id comes first.</param>
/// <param name="Offset">How many to pass over; 0 or greater.</param>
/// <param name="Limit">How many to return at most; 0 (count only) to <see cref="GridIndexRules.MaxLimit"/>.</param>
public sealed record OperatorQuery(
    string? Search, bool SearchEmails, string? Username, bool? Blocked, bool AdministratorsOnly, bool Descending, int Offset, int Limit);

/// <summary>What the index knows of one operator token. Nothing here is secret.</summary>
/// <param name="Id">1 or greater; the identity of the row.</param>
/// <param name="OperatorId">Whose token it is; 1 or greater. It never changes.</param>
/// <param name="Name">The name shown to people.</param>
/// <param name="ExpiresAt">The first instant at which the token is dead; <see langword="null"/> for never.</param>
/// <param name="Revoked">Whether the token is revoked.</param>
/// <param name="Deleted">As in <see cref="NamespaceRow.Deleted"/>.</param>
/// <param name="Epoch">As in <see cref="NamespaceRow.Epoch"/>.</param>
public sealed record OperatorTokenRow(
    long Id, long OperatorId, string Name, DateTimeOffset? ExpiresAt, bool Revoked, bool Deleted, long Epoch);

/// <summary>Which operator tokens to find, in order of their ids. All given conditions must hold.</summary>
/// <param name="Active">Only those that are alive at <paramref name="Now"/>, or that are not.</param>
/// <param name="Revoked">Only those that are revoked, or that are not.</param>
/// <param name="Search">Only those whose name contains this text, letter case ignored; no character is a wildcard.</param>
/// <param name="Now">The instant at which tokens are alive or not.</param>
/// <param name="Descending">Whether the greatest id comes first.</param>
/// <param name="Offset">How many to pass over; 0 or greater.</param>
/// <param name="Limit">How many to return at most; 0 (count only) to <see cref="GridIndexRules.MaxLimit"/>.</param>
public sealed record OperatorTokenQuery(
    bool? Active, bool? Revoked, string? Search, DateTimeOffset Now, bool Descending, int Offset, int Limit);

/// <summary>What the index knows of one member of a group or project.</summary>
/// <param name="Kind">Group or project; with <paramref name="Id"/> and <paramref name="OperatorId"/> the identity of the row.</param>
/// <param name="Id">1 or greater.</param>
/// <param name="OperatorId">The member; 1 or greater.</param>
/// <param name="Level">The access level, as the grain numbers it.</param>
/// <param name="ExpiresAt">The first instant at which it is no member any more; <see langword="null"/> for never.</param>
/// <param name="Deleted">As in <see cref="NamespaceRow.Deleted"/>.</param>
/// <param name="Epoch">As in <see cref="NamespaceRow.Epoch"/>: that of the group or project.</param>
public sealed record MemberRow(
    NamespaceKind Kind, long Id, long OperatorId, int Level, DateTimeOffset? ExpiresAt, bool Deleted, long Epoch);

/// <summary>
/// Who reads a list: only what is visible to the reader is found. Visible is a node where the reader is a member, or of a group above it
/// at any depth; and one that, with every group above it, is visible enough. The group that a query names is taken as visible.
/// </summary>
/// <param name="OperatorId">The reader; 0 for somebody without a credential.</param>
/// <param name="Visibility">The least visibility that the reader sees without being a member; <see langword="null"/>: membership only.</param>
/// <param name="Level">The least access level with which a membership counts.</param>
/// <param name="Now">The instant at which memberships are alive or not.</param>
/// <param name="IsMemberAbove">Whether the reader is such a member of the group that the query names, or of one above it.</param>
public sealed record IndexReader(long OperatorId, int? Visibility, int Level, DateTimeOffset Now, bool IsMemberAbove);
