using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Keys;

/// <summary>
/// A master key of the installation, as the keys derived from it by HKDF-SHA-256. The master key itself is not kept, nothing
/// here can print a key, and no derived key leads back to it or to another.
/// </summary>
[DebuggerDisplay("master key {Id}")]
public sealed class MasterKey
{
    /// <summary>The length of a master key, in bytes.</summary>
    public const int Length = 32;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly KeyedHash[] digestKeys;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[][] sealKeys;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly KeyedHash lookupKey;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] dependencyProxyKey;

    /// <summary>Derives the keys; the caller clears its own copy.</summary>
    /// <param name="key">Exactly <see cref="Length"/> random bytes.</param>
    /// <exception cref="ArgumentException">The length is another, or all bytes are the same: a placeholder and not a key.</exception>
    public MasterKey(ReadOnlySpan<byte> key)
    {
        if (Fault(key) is { } fault)
        {
            throw new ArgumentException($"A master key {fault}.", nameof(key));
        }

        Span<byte> derived = stackalloc byte[TagKey.Length];
        Derive(key, KeyLabels.KeyId, derived);
        Id = new MasterKeyId(BinaryPrimitives.ReadUInt32BigEndian(derived));
        Derive(key, KeyLabels.TokenTag, derived);
        TagKey = new TagKey(derived);
        CryptographicOperations.ZeroMemory(derived);

        lookupKey = new KeyedHash(Derive(key, KeyLabels.SecretLookup));
        dependencyProxyKey = Derive(key, KeyLabels.DependencyProxyToken);
        digestKeys = new KeyedHash[Enum.GetValues<DigestPurpose>().Length];
        foreach (var purpose in Enum.GetValues<DigestPurpose>())
        {
            digestKeys[(int)purpose] = new KeyedHash(Derive(key, KeyLabels.Of(purpose)));
        }

        sealKeys = new byte[Enum.GetValues<SealPurpose>().Length][];
        foreach (var purpose in Enum.GetValues<SealPurpose>())
        {
            sealKeys[(int)purpose] = Derive(key, KeyLabels.Of(purpose));
        }
    }

    /// <summary>The key's public name.</summary>
    public MasterKeyId Id { get; }

    /// <summary>The key under which tokens are tagged.</summary>
    public TagKey TagKey { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal KeyedHash LookupKey => lookupKey;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ReadOnlySpan<byte> DependencyProxyKey => dependencyProxyKey;

    /// <summary>Reads a master key from its text form.</summary>
    /// <param name="text">64 hexadecimal digits, or base64 or base64url of 32 bytes, with or without padding; outer white space is ignored.</param>
    /// <param name="key">The key, or <see langword="null"/>.</param>
    /// <param name="error">What is wrong, as the end of a sentence that begins with the entry's name; it never shows the text.</param>
    /// <returns><see langword="false"/> when the text is no key.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MasterKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            error = "is empty";
            return false;
        }

        Span<byte> bytes = stackalloc byte[Length];
        if (!MasterKeyText.TryDecode(trimmed, bytes))
        {
            error = $"is not {Length} bytes written as {Length * 2} hexadecimal digits or as base64 (it has {trimmed.Length} characters)";
            return false;
        }

        error = Fault(bytes);
        key = error is null ? new MasterKey(bytes) : null;
        CryptographicOperations.ZeroMemory(bytes);
        return key is not null;
    }

    /// <summary>The public name only.</summary>
    public override string ToString() => $"master key {Id}";

    internal KeyedHash DigestKey(DigestPurpose purpose) => digestKeys[(int)purpose];

    internal ReadOnlySpan<byte> SealKey(SealPurpose purpose) => sealKeys[(int)purpose];

    private static string? Fault(ReadOnlySpan<byte> key) =>
        key.Length != Length ? $"has {Length} bytes, not {key.Length}"
        : !key.ContainsAnyExcept(key[0]) ? "is a placeholder: all its bytes are the same"
        : null;

    private static byte[] Derive(ReadOnlySpan<byte> key, string label)
    {
        var derived = new byte[Length];
        Derive(key, label, derived);
        return derived;
    }

    private static void Derive(ReadOnlySpan<byte> key, string label, Span<byte> destination) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, destination, salt: [], info: Encoding.ASCII.GetBytes(label));
}
