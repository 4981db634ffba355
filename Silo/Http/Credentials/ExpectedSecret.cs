using System.Security.Cryptography;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Silo.Http.Credentials;

/// <summary>A configured secret that somebody must show. Comparing takes the same time whatever is shown.</summary>
internal sealed class ExpectedSecret
{
    private readonly byte[] _digest;

    private ExpectedSecret(byte[] digest) => _digest = digest;

    /// <summary>One that nothing matches: the work is the same as for one that there is.</summary>
    public static ExpectedSecret Nobodys { get; } = new(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    /// <summary>The secret to expect.</summary>
    public static ExpectedSecret Of(Secret secret) => new(Digest(secret));

    /// <summary>Whether this is what was shown.</summary>
    public bool Matches(string? shown) =>
        Secret.TryCreate(shown, out var secret) && CryptographicOperations.FixedTimeEquals(Digest(secret), _digest);

    /// <summary>Digests are of one length, whatever the secrets' is, so that comparing tells nothing of that either.</summary>
    private static byte[] Digest(Secret secret)
    {
        Span<byte> bytes = stackalloc byte[3 * Limits.MaxSecretLength];
        if (!secret.TryWriteUtf8(bytes, out var length))
        {
            throw new InvalidOperationException("A secret is longer than any can be.");
        }

        var digest = SHA256.HashData(bytes[..length]);
        CryptographicOperations.ZeroMemory(bytes);
        return digest;
    }
}
