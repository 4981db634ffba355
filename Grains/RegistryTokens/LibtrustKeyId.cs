using System.Security.Cryptography;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>
/// The key id by which registries know a public key: distribution 2.8 computes it from the certificates it is given, and refuses a token
/// that names its key in any other way.
/// </summary>
internal static class LibtrustKeyId
{
    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int FingerprintBytes = 30;
    private const int GroupLength = 4;
    private const int GroupCount = FingerprintBytes * 8 / 5 / GroupLength;

    /// <summary>Base32 of the first 30 bytes of SHA-256 over the SubjectPublicKeyInfo (DER), 12 groups of 4 joined by <c>:</c>.</summary>
    public static string Compute(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(subjectPublicKeyInfo, hash);

        Span<char> text = stackalloc char[(GroupCount * (GroupLength + 1)) - 1];
        for (var digit = 0; digit < GroupCount * GroupLength; digit++)
        {
            var group = digit / GroupLength;
            text[digit + group] = Base32Alphabet[FiveBits(hash, digit * 5)];
            if (digit % GroupLength == 0 && group > 0)
            {
                text[digit + group - 1] = ':';
            }
        }

        return new string(text);
    }

    private static int FiveBits(ReadOnlySpan<byte> bytes, int at)
    {
        var two = (bytes[at / 8] << 8) | bytes[(at / 8) + 1];
        return (two >> (11 - (at % 8))) & 0x1F;
    }
}
