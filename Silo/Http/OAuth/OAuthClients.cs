using System.Security.Cryptography;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>Recognises clients. The time it takes says nothing about a right secret, nor whether a client exists.</summary>
internal sealed class OAuthClients(OAuthOptions options)
{
    private readonly Dictionary<string, (OAuthClient Client, byte[] Digest)> _byId =
        options.Clients.ToDictionary(static c => c.Id, static c => (c, Digest(c.Secret)), StringComparer.Ordinal);

    private readonly byte[] _nobodys = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <summary>
    /// The client of a Basic credential. RFC 6749 §2.3.1 has both parts form-encoded, and not every client does so: where the decoded
    /// parts are no client's, they are taken as they are.
    /// </summary>
    public OAuthClient? FindEncoded(string id, string secret)
    {
        var decoded = PercentEncoding.TryDecode(id, plusIsSpace: true, out var plainId, out _)
            && PercentEncoding.TryDecode(secret, plusIsSpace: true, out var plainSecret, out _)
                ? Find(plainId, plainSecret)
                : null;
        return decoded ?? Find(id, secret);
    }

    /// <summary>The client with this id and secret, or null.</summary>
    public OAuthClient? Find(string id, string secret)
    {
        var (client, digest) = _byId.TryGetValue(id, out var known) ? known : (null, _nobodys);
        var isRight = Secret.TryCreate(secret, out var shown) && CryptographicOperations.FixedTimeEquals(Digest(shown), digest);
        return isRight ? client : null;
    }

    /// <summary>Of equal length whatever the secret's, so that comparing takes the same time.</summary>
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
