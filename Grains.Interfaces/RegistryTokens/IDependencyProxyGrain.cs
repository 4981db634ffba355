using Orleans.Concurrency;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.RegistryTokens;

/// <summary>A request to a dependency proxy.</summary>
/// <param name="Token">The JWT that came with it, in compact form.</param>
/// <param name="Group">The group through whose proxy an image is wanted; null: none yet, only whether the JWT is good.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.DependencyProxyUse)]
public sealed record DependencyProxyUse([property: Id(0)] string Token, [property: Id(1)] NamespacePath? Group)
{
    /// <summary>Does not show the JWT.</summary>
    public override string ToString() => "[use of a dependency proxy token]";
}

/// <summary>
/// Makes and judges JWTs for the dependency proxy (reference §3.5). Nobody but this authority can verify one, and no registry takes
/// one. Stateless; key 0.
/// </summary>
[Alias(WireAliases.IDependencyProxyGrain)]
public interface IDependencyProxyGrain : IGrainWithIntegerKey
{
    /// <summary>Makes a JWT for whoever may use the dependency proxy of any group.</summary>
    /// <param name="credential">What the caller showed; null: nothing, which is refused.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Issue")]
    Task<RegistryTokenAnswer> IssueAsync(Credential? credential);

    /// <summary>Whether a JWT is good, and the deploy token that it was made for may use the group's proxy now.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Validate")]
    Task<Decision> ValidateAsync(DependencyProxyUse use);
}
