using System.Collections.Immutable;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>One signing key, as stored.</summary>
internal sealed record StoredSigningKey
{
    public string KeyId { get; init; } = "";

    public SigningAlgorithm Algorithm { get; init; }

    /// <summary>The private key (PKCS#8) in a sealed box, which belongs to this key id.</summary>
    public string SealedPrivateKey { get; init; } = "";

    /// <summary>The self-signed certificate, DER.</summary>
    public byte[] Certificate { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The operator who asked for it; 0: the authority made it by itself.</summary>
    public long CreatedBy { get; init; }

    /// <summary>From when on it signs, until a key that was made later does.</summary>
    public DateTimeOffset SignsFrom { get; init; }

    /// <summary>The longest lifetime, in seconds, with which any silo was allowed to sign with it. It says how long it must stay published.</summary>
    public int LongestLifetimeSeconds { get; init; }
}

/// <summary>The signing keys. How long each is published follows from the others, so it is not stored.</summary>
internal sealed record SigningKeyState : IDurable
{
    /// <summary>In the order in which they were made.</summary>
    public ImmutableArray<StoredSigningKey> Keys { get; init; } = [];

    public string? Fault()
    {
        if (Keys.IsDefaultOrEmpty)
        {
            return null;
        }

        if (Keys.DistinctBy(static k => k.KeyId).Count() != Keys.Length)
        {
            return "two keys of one id";
        }

        return Keys.Select(Fault).FirstOrDefault(static fault => fault is not null);
    }

    private static string? Fault(StoredSigningKey key)
    {
        if (key.KeyId.Length == 0 || key.Certificate.Length == 0 || !SealedBox.TryParse(key.SealedPrivateKey, out _))
        {
            return "a key without id, certificate or sealed private key";
        }

        if (!Enum.IsDefined(key.Algorithm))
        {
            return "a key of an unknown algorithm";
        }

        return key.SignsFrom < key.CreatedAt || key.LongestLifetimeSeconds <= 0 ? "a key with impossible times" : null;
    }
}
