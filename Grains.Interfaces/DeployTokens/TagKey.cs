using System.Diagnostics;

namespace OrleansTokens.DeployTokens;

/// <summary>
/// The key under which the authority tags the tokens it issues. Whoever holds it can make tokens that pass the tag, though not
/// tokens that are valid: the tag only spares the grains, the digest decides. It cannot print itself.
/// </summary>
[DebuggerDisplay("[tag key]")]
public sealed class TagKey
{
    /// <summary>The length of a key, in bytes: 32, the strength of the HMAC-SHA-256 it is used with.</summary>
    public const int Length = 32;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly KeyedHash hash;

    /// <summary>Makes a tag key; the bytes are copied.</summary>
    /// <param name="key">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public TagKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length)
        {
            throw new ArgumentException($"A tag key has {Length} bytes, not {key.Length}.", nameof(key));
        }

        hash = new KeyedHash(key.ToArray());
    }

    /// <summary>The key, to be kept.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ReadOnlySpan<byte> Span => hash.Key;

    /// <summary>HMAC-SHA-256 under the key. For the token format only.</summary>
    internal void ComputeMac(ReadOnlySpan<byte> message, Span<byte> destination) => hash.Compute(message, destination);

    /// <summary>Always the same redacted text.</summary>
    /// <returns><c>[tag key]</c>.</returns>
    public override string ToString() => "[tag key]";
}
