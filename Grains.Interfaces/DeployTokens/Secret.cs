using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace OrleansTokens.DeployTokens;

/// <summary>
/// The secret of a deploy token, our own or an imported one of any shape. It cannot print itself: its text form, its debugger
/// view and its JSON are redacted or refused. The characters are available only through <see cref="Reveal"/>, for the one
/// reply in which a token is issued, and as bytes for digesting.
/// </summary>
/// <remarks>
/// 1 to <see cref="Limits.MaxSecretLength"/> UTF-16 code units; any characters, but well-formed: a text with an unpaired surrogate
/// has no UTF-8 form, and replacing the surrogate would give different secrets the same digest. Instances are immutable.
/// </remarks>
[DebuggerDisplay(Redacted)]
[Immutable]
[JsonConverter(typeof(SecretJsonConverter))]
public sealed class Secret : IEquatable<Secret>
{
    /// <summary>The largest UTF-8 form of any secret, in bytes: a UTF-16 code unit takes at most three.</summary>
    internal const int MaxUtf8Length = Limits.MaxSecretLength * 3;

    private const string Redacted = "[secret]";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string text;

    private Secret(string text) => this.text = text;

    /// <summary>The characters, without a copy. For parsing and digesting only.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ReadOnlySpan<char> Span => text;

    /// <summary>Makes a secret of a text.</summary>
    /// <param name="text">What a client presented or an import supplied; it is taken as it is, white space included.</param>
    /// <param name="secret">The secret, or <see langword="null"/> when the text cannot be one.</param>
    /// <returns>
    /// <see langword="false"/> when the text is null, empty, longer than <see cref="Limits.MaxSecretLength"/>,
    /// or holds an unpaired surrogate.
    /// </returns>
    public static bool TryCreate([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Secret? secret)
    {
        secret = IsWellFormed(text) ? new Secret(text) : null;
        return secret is not null;
    }

    /// <summary>
    /// The secret in clear. Its only use is the reply that shows a newly issued secret to its operator; never log or store it.
    /// </summary>
    /// <returns>The exact text the secret was made of.</returns>
    public string Reveal() => text;

    /// <summary>Writes the UTF-8 form of the secret, from which digests are computed; allocates nothing.</summary>
    /// <param name="destination">Receives the bytes; three per character always suffice.</param>
    /// <param name="bytesWritten">How many bytes were written; 0 when the destination is too small.</param>
    /// <returns><see langword="false"/> when the destination is too small.</returns>
    public bool TryWriteUtf8(Span<byte> destination, out int bytesWritten) =>
        Encoding.UTF8.TryGetBytes(text, destination, out bytesWritten);

    /// <summary>
    /// Whether both are the same secret. The time taken depends on their lengths, never on where they differ.
    /// </summary>
    /// <param name="other">The secret to compare with.</param>
    /// <returns><see langword="true"/> when every character is the same.</returns>
    public bool Equals([NotNullWhen(true)] Secret? other) =>
        other is not null
        && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(Span), MemoryMarshal.AsBytes(other.Span));

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as Secret);

    /// <summary>A hash code that differs from process to process, so that it tells nothing about the secret.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Always the same redacted text.</summary>
    /// <returns><c>[secret]</c>.</returns>
    public override string ToString() => Redacted;

    private static bool IsWellFormed([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length is 0 or > Limits.MaxSecretLength)
        {
            return false;
        }

        var rest = text.AsSpan();
        for (var next = IndexOfSurrogate(rest); next >= 0; next = IndexOfSurrogate(rest))
        {
            if (Rune.DecodeFromUtf16(rest[next..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[(next + consumed)..];
        }

        return true;
    }

    private static int IndexOfSurrogate(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\uD800', '\uDFFF');
}
