using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.Leases;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.RegistryTokens;

/// <summary>One scope of a registry's token request: <c>repository:acme/api:pull,push</c>.</summary>
/// <param name="Name">The repository, as requested, in lower case.</param>
/// <param name="Actions">What is wanted of it, in the order requested, for example <c>pull</c>, <c>push</c>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.RepositoryScope)]
public sealed record RepositoryScope([property: Id(0)] string Name, [property: Id(1)] ImmutableArray<string> Actions);

/// <summary>A registry's request for a token (reference §3.4).</summary>
/// <param name="Credential">What the caller showed; null: nothing.</param>
/// <param name="Scopes">At most <see cref="Limits.MaxRegistryScopes"/>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.RegistryTokenRequest)]
public sealed record RegistryTokenRequest(
    [property: Id(0)] Credential? Credential,
    [property: Id(1)] ImmutableArray<RepositoryScope> Scopes)
{
    /// <summary>Who wants to keep the answer; see <see cref="ValidationRequest.Lessee"/>.</summary>
    [Id(2)]
    public ILeaseObserver? Lessee { get; init; }

    /// <summary>As <see cref="ValidationRequest.Renewal"/>.</summary>
    [Id(3)]
    public bool Renewal { get; init; }
}

/// <summary>A signed JWT for a registry, or the refusal.</summary>
/// <param name="SignIn">Whether the caller may sign in at all; the token is null where not. For a caller without credential: allowed
/// exactly where something was granted.</param>
/// <param name="Token">The JWT in compact form, or null.</param>
/// <param name="IssuedAt">When it was handed out. It may have been signed earlier, for the same token and the same grants.</param>
/// <param name="LifetimeSeconds">How long it lives from then on, in seconds.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.RegistryTokenAnswer)]
public sealed record RegistryTokenAnswer(
    [property: Id(0)] Decision SignIn,
    [property: Id(1)] string? Token,
    [property: Id(2)] DateTimeOffset IssuedAt,
    [property: Id(3)] int LifetimeSeconds)
{
    /// <summary>For how long it may be handed out again to whoever asks for the same; see <see cref="ValidationAnswer.UsableFor"/>.</summary>
    [Id(4)]
    public TimeSpan UsableFor { get; init; }

    /// <summary>As <see cref="ValidationAnswer.Epoch"/>.</summary>
    [Id(5)]
    public long Epoch { get; init; }
}

/// <summary>A request to a registry, as a proxy in front of it sees it.</summary>
/// <param name="Token">The JWT that came with it, in compact form.</param>
/// <param name="Scopes">What the request needs; at most <see cref="Limits.MaxRegistryScopes"/>. None: only that the JWT is good.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.RegistryTokenUse)]
public sealed record RegistryTokenUse([property: Id(0)] string Token, [property: Id(1)] ImmutableArray<RepositoryScope> Scopes)
{
    /// <summary>Does not show the JWT.</summary>
    public override string ToString() => "[use of a registry token]";
}

/// <summary>Signs JWTs that registries verify by themselves, and judges them for proxies in front of registries. Stateless; key 0.</summary>
[Alias(WireAliases.IRegistryTokenGrain)]
public interface IRegistryTokenGrain : IGrainWithIntegerKey
{
    /// <summary>Decides each scope, and signs what is granted. What is not granted is left out without a word (reference §3.4, step 7).</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.InvalidArgument"/>: too many scopes.
    /// <see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Issue")]
    Task<RegistryTokenAnswer> IssueAsync(RegistryTokenRequest request);

    /// <summary>
    /// Whether a JWT that <see cref="IssueAsync"/> made is good, grants all of this, and whether the deploy token that it was made for may
    /// still do it. So what is revoked, expired, moved or archived counts at once, and not when the JWT ends.
    /// </summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.InvalidArgument"/>: too many scopes.
    /// <see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Validate")]
    Task<Decision> ValidateAsync(RegistryTokenUse use);
}

/// <summary>A public key with which registries verify.</summary>
/// <param name="KeyId">The libtrust fingerprint of the public key.</param>
/// <param name="Algorithm"><c>ES256</c> or <c>RS256</c>.</param>
/// <param name="Certificate">The self-signed certificate, DER.</param>
/// <param name="CreatedAt">When the key was made.</param>
/// <param name="SignsFrom">From when on it signs, until a later key does.</param>
/// <param name="PublishedUntil">Until when it is published; null: no successor signs yet.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.PublishedKey)]
public sealed record PublishedKey(
    [property: Id(0)] string KeyId,
    [property: Id(1)] string Algorithm,
    [property: Id(2)] ImmutableArray<byte> Certificate,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset SignsFrom,
    [property: Id(5)] DateTimeOffset? PublishedUntil);

/// <summary>The keys that sign for registries; made at first use and kept sealed. Key 0.</summary>
[Alias(WireAliases.ISigningKeyGrain)]
public interface ISigningKeyGrain : IGrainWithIntegerKey
{
    /// <summary>Every key that a registry must accept now, newest first.</summary>
    [Alias("GetPublished")]
    Task<ImmutableArray<PublishedKey>> GetPublishedAsync();

    /// <summary>Makes a new key. It is published at once and signs after <paramref name="delay"/>; the old one is published until the
    /// last JWT that it signed has ended.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.InvalidArgument"/>: the delay is negative or above
    /// <see cref="Limits.MaxKeyActivationDelay"/>. <see cref="Errors.ErrorCode.LimitExceeded"/>: too many keys are still published.</exception>
    [Alias("Rotate")]
    Task<ImmutableArray<PublishedKey>> RotateAsync(TimeSpan delay, OperatorId by);

    /// <summary>Takes a key away at once: one that has leaked, or one that was scheduled by mistake. It is published no more, and what it
    /// signed is refused by every registry that has read the keys since. Where it was the one that signs, a new one is made, which signs
    /// at once. May be repeated.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>: no such key is published.</exception>
    [Alias("Remove")]
    Task<ImmutableArray<PublishedKey>> RemoveAsync(string keyId, OperatorId by);
}
