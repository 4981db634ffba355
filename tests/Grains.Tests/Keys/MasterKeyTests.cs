using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using static OrleansTokens.Grains.Tests.Keys.KeySamples;

namespace OrleansTokens.Grains.Tests.Keys;

public sealed class MasterKeyTests
{
    /// <summary>
    /// Computed with Python 3, independently of this code: prk = hmac.new(bytes(32), key, 'sha256').digest();
    /// hmac.new(prk, b'OrleansTokens/v1/LABEL' + b'\x01', 'sha256').hexdigest().
    /// </summary>
    [Fact]
    public void DerivedKeys_OfAKnownKey_AreTheIndependentlyComputedOnes()
    {
        Assert.Equal(OneId, One.Id.ToString());
        Assert.Equal(TwoId, Two.Id.ToString());
        Assert.Equal("318a4e6b9fbfaddd21f51f2c7d0292603b4171cd8c784e156a48c134faa7e31e", Convert.ToHexStringLower(One.LookupKey.Key));
        Assert.Equal(
            "99ac4636ce1289a853ff3523e02e7e6cdcd65de3be318af95cecbe13ce194285",
            Convert.ToHexStringLower(One.DigestKey(DigestPurpose.DeployToken).Key));
        Assert.Equal(
            "7b444cc79e3bc585755705553424e3c59ca26094a0297a035cff54f62ecc1c4f",
            Convert.ToHexStringLower(One.DigestKey(DigestPurpose.OperatorToken).Key));
        Assert.Equal(
            "06ca7aa5b720392a7820271c1be0fbfa0e3fc6b04b340133671e6afb000f2ed1",
            Convert.ToHexStringLower(One.SealKey(SealPurpose.DeployToken)));
        Assert.Equal(
            "c404c89a0afc8952b6c6f0648324fe60631b023ea9189f3fc6f05f4bc8531369",
            Convert.ToHexStringLower(One.SealKey(SealPurpose.SigningKey)));
    }

    /// <summary>The token: as in the tests of the token format, under the tag key 4f3870e9...60c8 that Python derives.</summary>
    [Fact]
    public void TagKey_OfAKnownKey_VerifiesAnIndependentlyTaggedToken()
    {
        var token = SecretOf("gldt-AQMqoKGio6SlpqeoqaqrrK2ur7CxxOXcvqiB");

        Assert.Equal(TokenShape.Ours, TokenFormat.VerifyTag(token, TokenPrefixes.Default, [One.TagKey], out var parsed));
        Assert.Equal(new ParsedToken(1, 3, 42), parsed);
        Assert.Equal(TokenShape.Forged, TokenFormat.VerifyTag(token, TokenPrefixes.Default, [Two.TagKey], out _));
    }

    [Theory]
    [InlineData(OneHex)]
    [InlineData("0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20")]
    [InlineData(OneBase64)]
    [InlineData("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA")]
    [InlineData("  " + OneBase64 + "\r\n")]
    public void TryParse_OfEverySpelling_GivesTheSameKey(string text)
    {
        Assert.True(MasterKey.TryParse(text, out var key, out var error), error);
        Assert.Equal(One.Id, key.Id);
    }

    [Fact]
    public void TryParse_OfBothBase64Alphabets_GivesTheSameKey()
    {
        Assert.True(MasterKey.TryParse("-_-_BAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", out var url, out _));
        Assert.True(MasterKey.TryParse("+/+/BAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", out var plain, out _));
        Assert.Equal(plain.Id, url.Id);
    }

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData(" \t", "is empty")]
    [InlineData("correct horse battery staple", "is not 32 bytes written as 64 hexadecimal digits or as base64 (it has 28 characters)")]
    [InlineData("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2", "it has 63 characters")]
    [InlineData("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fzz", "it has 64 characters")]
    [InlineData("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA==", "it has 45 characters")]
    [InlineData("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eH A=", "it has 44 characters")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "is a placeholder")]
    public void TryParse_OfWhatIsNoKey_SaysWhyWithoutShowingIt(string? text, string expected)
    {
        Assert.False(MasterKey.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        if (!string.IsNullOrWhiteSpace(text))
        {
            Assert.DoesNotContain(text, error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Constructor_WithAnotherLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => new MasterKey(new byte[length]));

    [Fact]
    public void Keys_WhenPrinted_ShowTheirIdOnly()
    {
        Assert.Equal("master key 90e85769", $"{One}");
        Assert.Equal("master keys d4f6c905, 90e85769", $"{RotatedRing}");
        Assert.Equal("master key {Id}", typeof(MasterKey).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);

        string? json = null;
        var refusal = Record.Exception(() => json = JsonSerializer.Serialize(RotatedRing.Keys));
        var keys = new[] { One, Two }.SelectMany(key => new[]
        {
            key.LookupKey.Key.ToArray(), key.DigestKey(DigestPurpose.DeployToken).Key.ToArray(), key.SealKey(SealPurpose.DeployToken).ToArray(),
        });
        Assert.All(keys, key => Assert.DoesNotContain(
            Convert.ToBase64String(key), $"{json} {refusal}", StringComparison.Ordinal));
    }

    [Fact]
    public void MasterKey_AfterDerivation_KeepsNoneOfItsOwnBytes()
    {
        byte[] bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var kept = typeof(MasterKey).GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Select(field => field.GetValue(One))
            .SelectMany(value => value switch
            {
                byte[] one => [one],
                byte[][] many => many,
                KeyedHash one => [one.Key.ToArray()],
                KeyedHash[] many => [.. many.Select(static m => m.Key.ToArray())],
                _ => Array.Empty<byte[]>(),
            })
            .ToList();

        Assert.True(kept.Count >= 5);
        Assert.All(kept, derived => Assert.NotEqual(bytes, derived));
        Assert.Equal(kept.Count, kept.Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [InlineData("90e85769", true)]
    [InlineData("00000000", true)]
    [InlineData("90E85769", false)]
    [InlineData("90e8576", false)]
    [InlineData("090e85769", false)]
    [InlineData(" 0e85769", false)]
    [InlineData("+0e85769", false)]
    [InlineData("", false)]
    public void MasterKeyId_FromText_AcceptsExactlyWhatItPrints(string text, bool accepted)
    {
        Assert.Equal(accepted, MasterKeyId.TryParse(text, out var id));
        Assert.Equal(accepted ? text : "00000000", id.ToString());
    }
}
