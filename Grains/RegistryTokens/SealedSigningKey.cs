using System.Collections.Immutable;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>A signing key as silos get it: whoever reads it without the master key can do nothing with it.</summary>
/// <param name="KeyId">The libtrust fingerprint of the public key.</param>
/// <param name="Algorithm">What it signs with.</param>
/// <param name="SealedPrivateKey">The private key in its sealed box.</param>
/// <param name="SignsFrom">From when on it may sign.</param>
[GenerateSerializer, Immutable, Alias("ot.SealedSigningKey")]
internal sealed record SealedSigningKey(
    [property: Id(0)] string KeyId,
    [property: Id(1)] SigningAlgorithm Algorithm,
    [property: Id(2)] string SealedPrivateKey,
    [property: Id(3)] DateTimeOffset SignsFrom);

/// <summary>Hands the signing keys to the silos. Key 0.</summary>
[Alias("ot.ISealedSigningKeyGrain")]
internal interface ISealedSigningKeyGrain : IGrainWithIntegerKey
{
    /// <summary>Every key that may sign now or later, in the order in which they were made; all are durable. Afterwards each stays published
    /// long enough for tokens of this lifetime.</summary>
    [Alias("GetForSigning")]
    Task<ImmutableArray<SealedSigningKey>> GetForSigningAsync(TimeSpan lifetime);
}
