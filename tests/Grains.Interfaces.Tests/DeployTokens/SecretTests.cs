using System.Text;
using CsCheck;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

public sealed class SecretTests
{
    private static readonly Gen<string> AnyText = Gen.OneOf(
            Gen.Char['a', 'z'], Gen.Char['\0', '\uFFFF'], Gen.Char['\uD800', '\uDBFF'], Gen.Char['\uDC00', '\uDFFF'])
        .Array[0, 12].Select(characters => new string(characters));

    [Theory]
    [InlineData(1)]
    [InlineData(Limits.MaxSecretLength)]
    public void TryCreate_WithinTheLengthLimits_KeepsTheExactText(int length)
    {
        var text = new string('€', length);

        Assert.True(Secret.TryCreate(text, out var secret));
        Assert.Equal(text, secret.Reveal());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(Limits.MaxSecretLength + 1)]
    public void TryCreate_OutsideTheLengthLimits_IsRefused(int? length)
    {
        Assert.False(Secret.TryCreate(length is { } n ? new string('a', n) : null, out var secret));
        Assert.Null(secret);
    }

    // As characters, because an attribute keeps its strings as UTF-8 and would replace the surrogates.
    [Theory]
    [InlineData('\uD800')]
    [InlineData('\uDC00')]
    [InlineData('a', '\uD83D')]
    [InlineData('\uDD11', '\uD83D')]
    [InlineData('\uD83D', '\uDD11', '\uD83D', 'b')]
    public void TryCreate_WithAnUnpairedSurrogate_IsRefused(params char[] text) => Assert.False(Secret.TryCreate(new string(text), out _));

    [Fact]
    public void TryCreate_WithASurrogatePair_KeepsIt()
    {
        Assert.True(Secret.TryCreate("a🔑b🔑", out var secret));
        Assert.Equal("a🔑b🔑", secret.Reveal());
    }

    [Fact]
    public void TryCreate_OfAnyText_AcceptsExactlyWhatHasAUtf8Form()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var buffer = new byte[Secret.MaxUtf8Length];
        AnyText.Sample(
            text =>
            {
                byte[]? expected = null;
                try
                {
                    expected = text.Length > 0 ? strict.GetBytes(text) : null;
                }
                catch (EncoderFallbackException)
                {
                }

                Assert.Equal(expected is not null, Secret.TryCreate(text, out var secret));
                if (secret is not null)
                {
                    Assert.True(secret.TryWriteUtf8(buffer, out var written));
                    Assert.Equal(expected, buffer[..written]);
                }
            },
            threads: 1);
    }

    [Fact]
    public void TryWriteUtf8_OfTheLargestSecret_FitsTheLargestLength()
    {
        Assert.True(Secret.TryCreate(new string('€', Limits.MaxSecretLength), out var secret));
        Assert.True(secret.TryWriteUtf8(new byte[Secret.MaxUtf8Length], out var written));
        Assert.Equal(Secret.MaxUtf8Length, written);
        Assert.False(secret.TryWriteUtf8(new byte[Secret.MaxUtf8Length - 1], out _));
    }

    [Fact]
    public void Equals_Always_ComparesEveryCharacter() =>
        Gen.Select(AnyText, AnyText).Sample((left, right) =>
        {
            if (Secret.TryCreate(left, out var one) && Secret.TryCreate(right, out var two) && Secret.TryCreate(left, out var same))
            {
                Assert.Equal(left == right, one.Equals(two));
                Assert.True(one.Equals((object)same));
                Assert.Equal(one.GetHashCode(), same.GetHashCode());
            }
        });
}
