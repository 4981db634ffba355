using System.Buffers;
using System.Buffers.Text;

namespace OrleansTokens.DeployTokens;

/// <summary>
/// Base64url in which every value has exactly one spelling. The decoder of the base library forgives padding, white space and set
/// trailing bits; here only what the encoder writes is accepted.
/// </summary>
internal static class CanonicalBase64Url
{
    /// <summary>Decodes without allocating.</summary>
    /// <returns><see langword="false"/> when the text is not canonical or the destination too small.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int bytesWritten)
    {
        if (Base64Url.DecodeFromChars(text, destination, out _, out bytesWritten) != OperationStatus.Done
            || text.Length != Base64Url.GetEncodedLength(bytesWritten))
        {
            // More characters than the bytes need: padding or white space.
            return false;
        }

        // Only the last, incomplete group has trailing bits; it has to be what its bytes encode to.
        var lastBytes = bytesWritten % 3;
        Span<char> lastGroup = stackalloc char[4];
        var length = Base64Url.EncodeToChars(destination.Slice(bytesWritten - lastBytes, lastBytes), lastGroup);
        return text.EndsWith(lastGroup[..length], StringComparison.Ordinal);
    }
}
