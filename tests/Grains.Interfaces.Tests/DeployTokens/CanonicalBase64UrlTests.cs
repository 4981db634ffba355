using System.Buffers.Text;
using CsCheck;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

public sealed class CanonicalBase64UrlTests
{
    private static readonly Gen<string> NearlyBase64Url = Gen.Char["AQgw_-Zz09+/= \n\t\r%.\0é"].Array[0, 9].Select(characters => new string(characters));

    [Fact]
    public void TryDecode_OfWhatTheEncoderWrote_GivesTheBytes() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            var buffer = new byte[40];
            Assert.True(CanonicalBase64Url.TryDecode(Base64Url.EncodeToString(bytes), buffer, out var written));
            Assert.Equal(bytes, buffer[..written]);
        });

    [Fact]
    public void TryDecode_OfAnyText_AcceptsOnlyWhatTheEncoderWouldWrite() =>
        NearlyBase64Url.Sample(
            text =>
            {
                var buffer = new byte[16];
                var accepted = CanonicalBase64Url.TryDecode(text, buffer, out var written);

                // Slow and obvious: is there an encoding of some bytes that is this text?
                var plain = text.Replace('-', '+').Replace('_', '/');
                var padded = plain + new string('=', (4 - (plain.Length % 4)) % 4);
                var isCanonical = plain.Length % 4 != 1
                    && !text.Any("+/= \n\t\r".Contains)
                    && Convert.TryFromBase64String(padded, new byte[16], out _)
                    && Convert.ToBase64String(Convert.FromBase64String(padded)) == padded;
                Assert.Equal(isCanonical, accepted);
                Assert.True(!accepted || Base64Url.EncodeToString(buffer.AsSpan(0, written)) == text);
            },
            iter: 200_000);

    /// <summary>All of them, since the rule rests on what the base library's decoder does with trailing bits.</summary>
    [Fact]
    public void TryDecode_OfEveryIncompleteLastGroup_AcceptsExactlyTheOneSpelling()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var groups = from first in Alphabet
                     from second in Alphabet
                     from third in Alphabet.Select(c => c.ToString()).Append("")
                     select $"{first}{second}{third}";
        var buffer = new byte[64];
        foreach (var text in groups.SelectMany(group => new[] { group, "vectorised-decoding-begins-at-32-characters-" + group }))
        {
            var accepted = CanonicalBase64Url.TryDecode(text, buffer, out var written);
            var lastBitsAreZero = Alphabet.IndexOf(text[^1], StringComparison.Ordinal) % (text.Length % 4 == 2 ? 16 : 4) == 0;
            Assert.Equal(lastBitsAreZero, accepted);
            Assert.True(!accepted || Base64Url.EncodeToString(buffer.AsSpan(0, written)) == text);
        }
    }

    [Fact]
    public void TryDecode_IntoTooSmallADestination_IsRefused() =>
        Assert.False(CanonicalBase64Url.TryDecode("AAAA", new byte[2], out _));
}
