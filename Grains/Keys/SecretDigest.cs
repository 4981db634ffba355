using System.Buffers.Text;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Keys;

/// <summary>How a presented secret compares with a stored digest.</summary>
public enum DigestMatch
{
    /// <summary>It is another secret.</summary>
    Different,

    /// <summary>It is the secret.</summary>
    Same,

    /// <summary>
    /// It cannot be told: the digest is under a master key that is not configured. Never an allowance; a fault of the installation.
    /// </summary>
    UnknownKey,
}

/// <summary>
/// What is stored of a secret: HMAC-SHA-256 of its UTF-8 form under a key derived from a master key, and that key's id.
/// Useless to whoever reads the storage without the master key.
/// </summary>
[DebuggerDisplay("digest under {KeyId}")]
public sealed class SecretDigest
{
    private const int MacLength = KeyedHash.Length;
    private const int MacTextLength = 43;
    private const int UsualLength = 80;
    private const char Separator = ':';

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] mac;

    private SecretDigest(MasterKeyId keyId, byte[] mac)
    {
        KeyId = keyId;
        this.mac = mac;
    }

    /// <summary>The master key the digest was computed under.</summary>
    public MasterKeyId KeyId { get; }

    /// <summary>Digests a secret under the newest key.</summary>
    public static SecretDigest Compute(MasterKeyRing ring, DigestPurpose purpose, Secret secret)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(secret);
        var mac = new byte[MacLength];
        ComputeMac(ring.Newest.DigestKey(purpose), secret, mac);
        return new SecretDigest(ring.Newest.Id, mac);
    }

    /// <summary>
    /// The keys of the grain that finds an imported secret, one for each master key, newest first: key id, <c>-</c> and 64
    /// hexadecimal digits.
    /// </summary>
    /// <remarks>
    /// They are computed under a key of their own, because the runtime writes grain keys to logs, where no stored digest may appear.
    /// </remarks>
    public static IReadOnlyList<string> LookupKeys(MasterKeyRing ring, Secret secret)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(secret);
        Span<byte> mac = stackalloc byte[MacLength];
        var lookupKeys = new string[ring.Keys.Count];
        for (var i = 0; i < lookupKeys.Length; i++)
        {
            ComputeMac(ring.Keys[i].LookupKey, secret, mac);
            lookupKeys[i] = $"{ring.Keys[i].Id}-{Convert.ToHexStringLower(mac)}";
        }

        return lookupKeys;
    }

    /// <summary>Reads the stored form.</summary>
    /// <returns><see langword="false"/> unless the text is exactly what <see cref="ToStorageText"/> writes.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SecretDigest? digest)
    {
        digest = null;
        if (text.Length != MasterKeyId.TextLength + 1 + MacTextLength
            || text[MasterKeyId.TextLength] != Separator
            || !MasterKeyId.TryParse(text[..MasterKeyId.TextLength], out var keyId))
        {
            return false;
        }

        var mac = new byte[MacLength];
        if (CanonicalBase64Url.TryDecode(text[(MasterKeyId.TextLength + 1)..], mac, out var written) && written == MacLength)
        {
            digest = new SecretDigest(keyId, mac);
        }

        return digest is not null;
    }

    /// <summary>
    /// Compares a presented secret, under the key this digest names; the time tells nothing about where they differ.
    /// </summary>
    public DigestMatch Compare(MasterKeyRing ring, DigestPurpose purpose, Secret secret)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(secret);
        if (ring.Find(KeyId) is not { } key)
        {
            return DigestMatch.UnknownKey;
        }

        Span<byte> presented = stackalloc byte[MacLength];
        ComputeMac(key.DigestKey(purpose), secret, presented);
        return CryptographicOperations.FixedTimeEquals(presented, mac) ? DigestMatch.Same : DigestMatch.Different;
    }

    /// <summary>Whether the digest should be replaced by one under the newest key the next time its secret is presented.</summary>
    public bool NeedsRedigest(MasterKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return KeyId != ring.Newest.Id;
    }

    /// <summary>The stored form: key id, <c>:</c>, base64url of the 32 bytes. For storage only.</summary>
    public string ToStorageText() => $"{KeyId}{Separator}{Base64Url.EncodeToString(mac)}";

    /// <summary>The key id only: a digest belongs in storage, not in logs.</summary>
    public override string ToString() => $"digest under {KeyId}";

    private static void ComputeMac(KeyedHash key, Secret secret, Span<byte> destination)
    {
        // To clear room for the longest secret takes longer than to hash a usual one.
        if (secret.Span.Length <= UsualLength)
        {
            ComputeMac(key, secret, stackalloc byte[UsualLength * 3], destination);
        }
        else
        {
            ComputeMac(key, secret, stackalloc byte[Secret.MaxUtf8Length], destination);
        }
    }

    private static void ComputeMac(KeyedHash key, Secret secret, Span<byte> utf8, Span<byte> destination)
    {
        if (!secret.TryWriteUtf8(utf8, out var length))
        {
            throw new InvalidOperationException("A secret was longer than any secret can be.");
        }

        key.Compute(utf8[..length], destination);
        CryptographicOperations.ZeroMemory(utf8[..length]);
    }
}
