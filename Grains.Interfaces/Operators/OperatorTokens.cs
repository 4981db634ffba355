using System.Collections.Immutable;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Operators;

/// <summary>The id of an operator token: positive, never used again. Default is no token.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorTokenId)]
public readonly record struct OperatorTokenId([property: Id(0)] long Value);

/// <summary>What an operator token is good for. Numbers are stored and go over the wire.</summary>
[Flags]
public enum OperatorTokenScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Everything that its operator may do.</summary>
    Api = 1,

    /// <summary>Whatever its operator may read.</summary>
    ReadApi = 2,
}

/// <summary>An operator token, without its secret.</summary>
/// <param name="Id">The token.</param>
/// <param name="Operator">Whom it stands for.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">Free text.</param>
/// <param name="Scopes">What it is good for.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">The first instant at which it is dead, or null for never.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
/// <param name="IsInstallations">Whether it is the one of the installation's setting: it is changed there, and nowhere else.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorTokenView)]
public sealed record OperatorTokenView(
    [property: Id(0)] OperatorTokenId Id,
    [property: Id(1)] OperatorId Operator,
    [property: Id(2)] string Name,
    [property: Id(3)] string Description,
    [property: Id(4)] OperatorTokenScopes Scopes,
    [property: Id(5)] DateTimeOffset CreatedAt,
    [property: Id(6)] DateTimeOffset? ExpiresAt,
    [property: Id(7)] DateTimeOffset? RevokedAt,
    [property: Id(8)] bool IsInstallations)
{
    /// <summary>Whether it is alive at this instant.</summary>
    public bool IsActive(DateTimeOffset now) => RevokedAt is null && !IsExpired(now);

    /// <summary>Whether its time is over at this instant.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt is { } end && end <= now;
}

/// <summary>What a new operator token is to be.</summary>
/// <param name="Operator">Whom it is to stand for.</param>
/// <param name="Name">1 to <see cref="Limits.MaxNameLength"/> characters.</param>
/// <param name="Description">At most <see cref="Limits.MaxDescriptionLength"/> characters.</param>
/// <param name="Scopes">At least one.</param>
/// <param name="ExpiresAt">The first instant at which it is dead, or null for never.</param>
/// <param name="By">Who asks.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.IssueOperatorToken)]
public sealed record IssueOperatorToken(
    [property: Id(0)] OperatorId Operator,
    [property: Id(1)] string Name,
    [property: Id(2)] string Description,
    [property: Id(3)] OperatorTokenScopes Scopes,
    [property: Id(4)] DateTimeOffset? ExpiresAt,
    [property: Id(5)] OperatorId By);

/// <summary>A new operator token, and the only time that its secret is shown.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.IssuedOperatorToken)]
public sealed record IssuedOperatorToken([property: Id(0)] OperatorTokenView Token, [property: Id(1)] Secret Secret);

/// <summary>Why an operator token lets nobody in. Numbers go over the wire.</summary>
public enum OperatorRefusal
{
    /// <summary>It does let somebody in.</summary>
    None = 0,

    /// <summary>There is no such token.</summary>
    Unknown = 1,

    /// <summary>It was revoked.</summary>
    Revoked = 2,

    /// <summary>Its time is over.</summary>
    Expired = 3,

    /// <summary>Its operator is blocked.</summary>
    Blocked = 4,
}

/// <summary>Whom an operator token stands for, or why for nobody.</summary>
/// <param name="Operator">The operator; null where the token is refused.</param>
/// <param name="Token">The token; null where it is unknown.</param>
/// <param name="Refusal">Why it is refused.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorAuthentication)]
public sealed record OperatorAuthentication(
    [property: Id(0)] OperatorPrincipal? Operator,
    [property: Id(1)] OperatorTokenView? Token,
    [property: Id(2)] OperatorRefusal Refusal)
{
    /// <summary>There is no such token.</summary>
    public static OperatorAuthentication Unknown { get; } = new(null, null, OperatorRefusal.Unknown);
}

/// <summary>Which operator tokens are asked for, in order of their ids.</summary>
/// <param name="Operator">Only those of this operator; none for all.</param>
/// <param name="Active">Only those that are alive, or that are not.</param>
/// <param name="Revoked">Only those that were revoked, or that were not.</param>
/// <param name="Search">Only those whose name contains this, in any case.</param>
/// <param name="Descending">Whether the greatest id comes first.</param>
/// <param name="Offset">How many to leave out at the beginning: 0 or more.</param>
/// <param name="Limit">How many at most: 1 to <see cref="Limits.MaxPageSize"/>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ListOperatorTokens)]
public sealed record ListOperatorTokens(
    [property: Id(0)] OperatorId Operator,
    [property: Id(1)] bool? Active,
    [property: Id(2)] bool? Revoked,
    [property: Id(3)] string? Search,
    [property: Id(4)] bool Descending,
    [property: Id(5)] int Offset,
    [property: Id(6)] int Limit);

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Total">How many the whole list has.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorTokenPage)]
public sealed record OperatorTokenPage([property: Id(0)] ImmutableArray<OperatorTokenView> Items, [property: Id(1)] long Total);
