using System.Buffers;
using System.Buffers.Text;

namespace OrleansTokens.DeployTokens;

/// <summary>Base64url in which every value has exactly one spelling: only what the encoder writes is accepted.</summary>
internal static class CanonicalBase64Url
{
    /// <summary>Decodes without allocating.</summary>
    /// <returns><see langword="false"/> when the text is not canonical or the destination too small.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int bytesWritten) =>
        Base64Url.DecodeFromChars(text, destination, out _, out bytesWritten) == OperationStatus.Done

        // The decoder refuses set trailing bits but forgives padding and white space; those show in the length.
        && text.Length == Base64Url.GetEncodedLength(bytesWritten);
}
