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
    private readonly byte[] key;

    /// <summary>Makes a tag key; the bytes are copied.</summary>
    /// <param name="key">Exactly <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public TagKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length)
        {
            throw new ArgumentException($"A tag key has {Length} bytes, not {key.Length}.", nameof(key));
        }

        this.key = key.ToArray();
    }

    /// <summary>The key. For the token format only.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ReadOnlySpan<byte> Span => key;

    /// <summary>Always the same redacted text.</summary>
    /// <returns><c>[tag key]</c>.</returns>
    public override string ToString() => "[tag key]";
}
