using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Grains.Tests.Keys.KeySamples;

namespace OrleansTokens.Grains.Tests.Keys;

public sealed class SealedBoxTests
{
    private const string Context = "deploy-token/42";

    private static readonly byte[] Content = Encoding.UTF8.GetBytes(SecretText);

    /// <summary>
    /// Sealed with Python's cryptography package under the derived keys of <see cref="MasterKeyTests"/>, nonce 00..0b:
    /// h = b'\x01' + key id; base64url(h + nonce + AESGCM(derived).encrypt(nonce, content, h + context)).
    /// </summary>
    [Theory]
    [InlineData(
        SealPurpose.DeployToken, Context, SecretText, "AZDoV2kAAQIDBAUGBwgJCgtkj8SNXRvQN2vEE2Nv53zOlQ0xf0DIVeQ4-GJ1Q1bTZaZWWWMqSBOFxQ")]
    [InlineData(SealPurpose.SigningKey, "signing-key/1", "", "AZDoV2kAAQIDBAUGBwgJCgvnqeXFQhzPlKbm_1c3gfME")]
    public void Open_OfAnIndependentlySealedBox_GivesTheContent(SealPurpose purpose, string context, string content, string text)
    {
        Assert.True(SealedBox.TryParse(text, out var box));
        Assert.Equal(OneId, box.KeyId.ToString());
        Assert.Equal(content, Encoding.UTF8.GetString(box.Open(OldRing, purpose, context)));
        Assert.Equal(text, box.ToStorageText());
    }

    [Fact]
    public void Open_OfWhatWasSealedAndStored_GivesTheContent() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.String).Sample((content, context) =>
        {
            var stored = SealedBox.Seal(RotatedRing, SealPurpose.SigningKey, context, content).ToStorageText();

            Assert.True(SealedBox.TryParse(stored, out var box));
            Assert.Equal(content, box.Open(RotatedRing, SealPurpose.SigningKey, context));
        });

    [Fact]
    public void Seal_OfTheSameContentTwice_GivesDifferentBoxes() =>
        Assert.NotEqual(
            SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content).ToStorageText(),
            SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content).ToStorageText());

    [Fact]
    public void Open_AfterARotation_StillOpensAndAsksToBeSealedAnew()
    {
        var box = SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content);
        Assert.False(box.NeedsReseal(OldRing));

        Assert.Equal(Content, box.Open(RotatedRing, SealPurpose.DeployToken, Context));
        Assert.True(box.NeedsReseal(RotatedRing));
        Assert.Equal(TwoId, SealedBox.Seal(RotatedRing, SealPurpose.DeployToken, Context, Content).KeyId.ToString());
    }

    [Fact]
    public void Open_WhenItsKeyWasTakenAway_NamesTheKey()
    {
        var box = SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content);

        var refusal = Assert.Throws<CryptographicException>(() => box.Open(NewRing, SealPurpose.DeployToken, Context));
        Assert.Contains("master key 90e85769, which is not configured", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SealPurpose.DeployToken, "deploy-token/43")]
    [InlineData(SealPurpose.DeployToken, "deploy-token/4")]
    [InlineData(SealPurpose.DeployToken, "")]
    [InlineData(SealPurpose.SigningKey, Context)]
    public void Open_InAnotherPlaceThanItWasSealedFor_Throws(SealPurpose purpose, string context)
    {
        var box = SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content);

        var refusal = Assert.Throws<CryptographicException>(() => box.Open(OldRing, purpose, context));
        Assert.DoesNotContain(SecretText, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithAnyBitAltered_Throws()
    {
        var envelope = Base64Url.DecodeFromChars(SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content).ToStorageText());
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            byte[] altered = [.. envelope];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));

            var isKnownVersion = SealedBox.TryParse(Base64Url.EncodeToString(altered), out var box);
            Assert.Equal(bit >= 8, isKnownVersion);
            if (box is not null)
            {
                Assert.Throws<CryptographicException>(() => box.Open(OldRing, SealPurpose.DeployToken, Context));
            }
        }
    }

    [Fact]
    public void Open_UnderAnotherConfiguredKeysId_Throws()
    {
        var envelope = Base64Url.DecodeFromChars(SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content).ToStorageText());
        Convert.FromHexString(TwoId).CopyTo(envelope, 1);

        Assert.True(SealedBox.TryParse(Base64Url.EncodeToString(envelope), out var box));
        Assert.Throws<CryptographicException>(() => box.Open(RotatedRing, SealPurpose.DeployToken, Context));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AZDoV2k")]
    [InlineData("AZDoV2kAAQIDBAUGBwgJCgvnqeXFQhzPlKbm_1c3gf")]
    [InlineData("AZDoV2kAAQIDBAUGBwgJCgvnqeXFQhzPlKbm/1c3gfME")]
    [InlineData("AZDoV2kAAQIDBAUGBwgJCgvnqeXFQhzPlKbm_1c3gfM=")]
    [InlineData("AZDoV2kAAQIDBAUGBwgJCgvnqeXFQhzPlKbm_1c3gfMEA")]
    [InlineData("AZDoV2kAAQIDBAUGBwgJCgvnqeXFQhzP lKbm_1c3gfME")]
    [InlineData("AJDoV2kAAQIDBAUGBwgJCgvnqeXFQhzPlKbm_1c3gfME")]
    public void TryParse_OfWhatIsNoBox_IsRefused(string text)
    {
        Assert.False(SealedBox.TryParse(text, out var box));
        Assert.Null(box);
    }

    [Fact]
    public void Seal_OfTheLongestContent_OpensAndALongerOneIsRefused()
    {
        var longest = new byte[Limits.MaxSealedContentLength];
        var stored = SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, longest).ToStorageText();

        Assert.True(SealedBox.TryParse(stored, out var box));
        Assert.Equal(longest, box.Open(OldRing, SealPurpose.DeployToken, Context));
        Assert.False(SealedBox.TryParse(stored + "AAAA", out _));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, new byte[Limits.MaxSealedContentLength + 1]));
    }

    [Fact]
    public void Box_WhenPrinted_ShowsItsKeyIdOnly() =>
        Assert.Equal("sealed under 90e85769", $"{SealedBox.Seal(OldRing, SealPurpose.DeployToken, Context, Content)}");
}
