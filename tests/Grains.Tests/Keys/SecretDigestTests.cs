using System.Text.Json;
using CsCheck;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Grains.Tests.Keys.KeySamples;

namespace OrleansTokens.Grains.Tests.Keys;

public sealed class SecretDigestTests
{
    private const string Cyrillic = "пароль 🔑";
    private const string Digest = "90e85769:jM7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_I";

    private static readonly Secret Sample = SecretOf(SecretText);

    /// <summary>
    /// Computed with Python 3, independently of this code, under the derived keys of <see cref="MasterKeyTests"/>:
    /// key id + ':' + base64url(hmac.new(derived, secret.encode(), 'sha256').digest()).
    /// </summary>
    [Theory]
    [InlineData(SecretText, DigestPurpose.DeployToken, Digest)]
    [InlineData(SecretText, DigestPurpose.OperatorToken, "90e85769:j874zadwc6pMgecqv1Z2dcHwJpUHds-x3UUdqewXwsI")]
    [InlineData(Cyrillic, DigestPurpose.DeployToken, "90e85769:9ggmRBg17Vu-bmpbcoS0E5hhyVySyA9bULD8WoksxFc")]
    [InlineData(Cyrillic, DigestPurpose.OperatorToken, "90e85769:MG_2lX0Gm4XioBzyWQl0IsQsOhuVEVaSwyNkEaYHqXY")]
    public void Compute_OfAKnownSecret_GivesTheIndependentlyComputedDigest(string secret, DigestPurpose purpose, string expected) =>
        Assert.Equal(expected, SecretDigest.Compute(OldRing, purpose, SecretOf(secret)).ToStorageText());

    /// <summary>Computed as the digests are, under the derived lookup keys, in hexadecimal.</summary>
    [Fact]
    public void LookupKeys_OfAKnownSecret_AreTheIndependentlyComputedOnesNewestFirst() =>
        Assert.Equal(
            [
                "d4f6c905-3f3569284fcd90519bd04acccf01446ed9e1202abce9f6d798a5dfde57baba84",
                "90e85769-05617702d2f32688d7d84a96e103b689d0fed6be3bf380b2cf896d11c70c98c3",
            ],
            SecretDigest.LookupKeys(RotatedRing, Sample));

    [Fact]
    public void Compare_WithTheSecret_IsSameAndWithAnyOtherDifferent() =>
        Gen.Select(Gen.String[1, 20], Gen.String[1, 20]).Sample((left, right) =>
        {
            if (Secret.TryCreate(left, out var one) && Secret.TryCreate(right, out var other))
            {
                var digest = SecretDigest.Compute(OldRing, DigestPurpose.DeployToken, one);
                Assert.Equal(DigestMatch.Same, digest.Compare(OldRing, DigestPurpose.DeployToken, one));
                Assert.Equal(
                    left == right ? DigestMatch.Same : DigestMatch.Different, digest.Compare(OldRing, DigestPurpose.DeployToken, other));
            }
        });

    [Fact]
    public void Compare_OfTheLongestSecrets_TellsTheLastCharacter()
    {
        var longest = new string('€', Limits.MaxSecretLength);
        var digest = SecretDigest.Compute(OldRing, DigestPurpose.DeployToken, SecretOf(longest));

        Assert.Equal(DigestMatch.Same, digest.Compare(OldRing, DigestPurpose.DeployToken, SecretOf(longest)));
        Assert.Equal(DigestMatch.Different, digest.Compare(OldRing, DigestPurpose.DeployToken, SecretOf(longest[1..] + "£")));
    }

    [Fact]
    public void Compare_ForAnotherPurpose_IsDifferent()
    {
        var digest = SecretDigest.Compute(OldRing, DigestPurpose.DeployToken, Sample);

        Assert.Equal(DigestMatch.Different, digest.Compare(OldRing, DigestPurpose.OperatorToken, Sample));
    }

    [Fact]
    public void Digest_AfterARotation_StillComparesAndAsksToBeReplaced()
    {
        var old = SecretDigest.Compute(OldRing, DigestPurpose.DeployToken, Sample);
        Assert.False(old.NeedsRedigest(OldRing));

        Assert.Equal(DigestMatch.Same, old.Compare(RotatedRing, DigestPurpose.DeployToken, Sample));
        Assert.True(old.NeedsRedigest(RotatedRing));

        var renewed = SecretDigest.Compute(RotatedRing, DigestPurpose.DeployToken, Sample);
        Assert.Equal(TwoId, renewed.KeyId.ToString());
        Assert.False(renewed.NeedsRedigest(RotatedRing));
        Assert.Equal(DigestMatch.Same, renewed.Compare(NewRing, DigestPurpose.DeployToken, Sample));
    }

    [Fact]
    public void Compare_WhenItsKeyWasTakenAway_IsUnknownKey()
    {
        var old = SecretDigest.Compute(OldRing, DigestPurpose.DeployToken, Sample);

        Assert.Equal(DigestMatch.UnknownKey, old.Compare(NewRing, DigestPurpose.DeployToken, Sample));
    }

    [Fact]
    public void TryParse_OfTheStoredForm_GivesTheSameDigest()
    {
        Assert.True(SecretDigest.TryParse(Digest, out var digest));
        Assert.Equal(Digest, digest.ToStorageText());
        Assert.Equal(DigestMatch.Same, digest.Compare(OldRing, DigestPurpose.DeployToken, Sample));
    }

    [Theory]
    [InlineData("")]
    [InlineData("90e85769")]
    [InlineData("90E85769:jM7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_I")]
    [InlineData("90e85769-jM7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_I")]
    [InlineData("90e85769:jM7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_J")]
    [InlineData("90e85769:jM7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_")]
    [InlineData("90e85769:jM7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_I=")]
    [InlineData("90e85769:jM7oRLA2XQIQSRVgraAvvgt/Bs9tlw5ICB5qlIwfP/I")]
    [InlineData("90e85769: M7oRLA2XQIQSRVgraAvvgt_Bs9tlw5ICB5qlIwfP_I")]
    public void TryParse_OfAnythingElse_IsRefused(string text)
    {
        Assert.False(SecretDigest.TryParse(text, out var digest));
        Assert.Null(digest);
    }

    [Fact]
    public void Digest_WhenPrinted_ShowsItsKeyIdOnly()
    {
        var digest = SecretDigest.Compute(OldRing, DigestPurpose.DeployToken, Sample);

        Assert.Equal("digest under 90e85769", $"{digest}");
        Assert.DoesNotContain(Digest[9..], JsonSerializer.Serialize(digest), StringComparison.Ordinal);
    }
}
