using System.Buffers;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Keys;

/// <summary>The spellings in which people and tools write 32 bytes: <c>openssl rand -hex 32</c> and <c>-base64 32</c>, and base64url.</summary>
internal static class MasterKeyText
{
    private const int Base64Length = 43;

    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length == MasterKey.Length * 2)
        {
            return Convert.FromHexString(text, destination, out _, out _) == OperationStatus.Done;
        }

        if (text.Length == Base64Length + 1 && text[^1] == '=')
        {
            text = text[..Base64Length];
        }

        Span<char> base64Url = stackalloc char[Base64Length];
        if (text.Length != Base64Length)
        {
            return false;
        }

        text.Replace(base64Url, '+', '-');
        base64Url.Replace('/', '_');
        return CanonicalBase64Url.TryDecode(base64Url, destination, out var written) && written == MasterKey.Length;
    }
}
