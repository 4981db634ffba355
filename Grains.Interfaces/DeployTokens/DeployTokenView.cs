using System.Collections.Immutable;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.DeployTokens;

/// <summary>A deploy token as administrators see it: everything but its secret.</summary>
/// <param name="Id">The token.</param>
/// <param name="Holder">The project or group it belongs to.</param>
/// <param name="Name">Its name: any text, not unique.</param>
/// <param name="Username">The login that goes with it: its own, or <c>gitlab+deploy-token-{id}</c>.</param>
/// <param name="Scopes">What it was granted.</param>
/// <param name="CreatedAt">When it was issued.</param>
/// <param name="CreatedBy">Who issued it.</param>
/// <param name="ExpiresAt">From this instant on it is dead; null: it does not expire.</param>
/// <param name="Revocation">The revocation, or null.</param>
/// <param name="Epoch">Grows with every change.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.DeployTokenView)]
public sealed record DeployTokenView(
    [property: Id(0)] TokenId Id,
    [property: Id(1)] NamespaceId Holder,
    [property: Id(2)] string Name,
    [property: Id(3)] string Username,
    [property: Id(4)] DeployTokenScopes Scopes,
    [property: Id(5)] DateTimeOffset CreatedAt,
    [property: Id(6)] OperatorId CreatedBy,
    [property: Id(7)] DateTimeOffset? ExpiresAt,
    [property: Id(8)] Revocation? Revocation,
    [property: Id(9)] long Epoch)
{
    /// <summary>Whether it is past its time at <paramref name="now"/>: the one rule is <c>now &lt; expires_at</c>.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt is { } end && now >= end;

    /// <summary>Whether it is neither revoked nor expired.</summary>
    public bool IsActive(DateTimeOffset now) => Revocation is null && !IsExpired(now);
}

/// <summary>The durable fact that a token was revoked.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, as the operator put it; may be empty.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Revocation)]
public sealed record Revocation(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] OperatorId By,
    [property: Id(2)] string Reason);

/// <summary>What a new deploy token is to be.</summary>
/// <param name="Holder">The project or group.</param>
/// <param name="Name">At most <see cref="Limits.MaxNameLength"/> characters; may be empty (reference §1.1).</param>
/// <param name="Username">Null or empty: the default. Letters, digits, <c>_ - + .</c>, at most <see cref="Limits.MaxNameLength"/>.</param>
/// <param name="Scopes">At least one.</param>
/// <param name="ExpiresAt">Any instant, a past one too (reference §1.5); null: never.</param>
/// <param name="Operator">Who asks.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.IssueDeployToken)]
public sealed record IssueDeployToken(
    [property: Id(0)] NamespaceId Holder,
    [property: Id(1)] string Name,
    [property: Id(2)] string? Username,
    [property: Id(3)] DeployTokenScopes Scopes,
    [property: Id(4)] DateTimeOffset? ExpiresAt,
    [property: Id(5)] OperatorId Operator);

/// <summary>A new token, with its secret for the only time.</summary>
/// <param name="Token">The token.</param>
/// <param name="Secret">What the user pastes. The authority keeps only its digest.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.IssuedDeployToken)]
public sealed record IssuedDeployToken([property: Id(0)] DeployTokenView Token, [property: Id(1)] Secret Secret);

/// <summary>What a CI job is given of the token that is named <see cref="Name"/> (reference §4).</summary>
/// <param name="Token">The token.</param>
/// <param name="Username">Its login: <c>CI_DEPLOY_USER</c>.</param>
/// <param name="Secret">Its secret: <c>CI_DEPLOY_PASSWORD</c>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.DeployTokenVariables)]
public sealed record DeployTokenVariables(
    [property: Id(0)] TokenId Token, [property: Id(1)] string Username, [property: Id(2)] Secret Secret)
{
    /// <summary>The name, letter case included, of the tokens that CI jobs are given. Only their secrets can be read again.</summary>
    public const string Name = "gitlab-deploy-token";
}

/// <summary>What revoking says.</summary>
/// <param name="Token">The token, revoked.</param>
/// <param name="AlreadyRevoked">Whether it had been revoked before; the first revocation stays as it is.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.RevocationReceipt)]
public sealed record RevocationReceipt([property: Id(0)] DeployTokenView Token, [property: Id(1)] bool AlreadyRevoked)
{
    /// <summary>For how long, from the answer on, somebody may still go by what was before. Usually zero: everybody was told.</summary>
    [Id(2)]
    public TimeSpan Settling { get; init; }
}

/// <summary>Which deploy tokens are asked for, sorted by id.</summary>
/// <param name="Holder">Only those of this holder; none: all.</param>
/// <param name="ActiveOnly">Only those neither revoked nor expired.</param>
/// <param name="Offset">How many to leave out at the beginning: 0 or more.</param>
/// <param name="Limit">How many at most: 1 to <see cref="Limits.MaxPageSize"/>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ListDeployTokens)]
public sealed record ListDeployTokens(
    [property: Id(0)] NamespaceId Holder,
    [property: Id(1)] bool ActiveOnly,
    [property: Id(2)] int Offset,
    [property: Id(3)] int Limit);

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Total">How many the whole list has.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.DeployTokenPage)]
public sealed record DeployTokenPage([property: Id(0)] ImmutableArray<DeployTokenView> Items, [property: Id(1)] long Total);
