using System.Text.RegularExpressions;
using CsCheck;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

public sealed partial class TokenFormatTests
{
    private static readonly TagKey Key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly TagKey OtherKey = new(new byte[32]);

    private static readonly Gen<(byte Region, long TokenId, TagKey Key)> AnyToken = Gen.Select(
        Gen.Byte,
        Gen.OneOf(Gen.Long[1, 300], Gen.Long[1, long.MaxValue], Gen.Int[0, 62].Select(bit => 1L << bit)),
        Gen.Byte.Array[32].Select(bytes => new TagKey(bytes)));

    /// <summary>
    /// Computed with Python 3, independently of this code (id as LEB128; key 00..1f, random bytes a0..b1):
    /// p = bytes([1, region]) + leb(id) + rnd; t = hmac.new(key, prefix + p, 'sha256').digest()[:6];
    /// prefix + base64.urlsafe_b64encode(p + t).rstrip(b'=').
    /// </summary>
    public static TheoryData<string, byte, long, string> KnownAnswers => new()
    {
        { "gldt-", 0, 1, "gldt-AQABoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGb" },
        { "gldt-", 7, 127, "gldt-AQd_oKGio6SlpqeoqaqrrK2ur7CxPQr6R5ao" },
        { "gldt-", 7, 128, "gldt-AQeAAaChoqOkpaanqKmqq6ytrq-wsZhgYvK-5A" },
        { "gldt-", 255, 300, "gldt-Af-sAqChoqOkpaanqKmqq6ytrq-wsUVmL2R3Yw" },
        { "gldt-", 1, 123456789, "gldt-AQGVmu86oKGio6SlpqeoqaqrrK2ur7CxjC05mCOS" },
        { "gldt-", 2, 1L << 31, "gldt-AQKAgICACKChoqOkpaanqKmqq6ytrq-wsXKO14SGeQ" },
        { "gldt-", 3, 1L << 53, "gldt-AQOAgICAgICAEKChoqOkpaanqKmqq6ytrq-wsT2lwUM-3Q" },
        { "gldt-", 255, long.MaxValue, "gldt-Af___________3-goaKjpKWmp6ipqqusra6vsLGwhsFTaG4" },
        { "acme_deploy-", 1, 42, "acme_deploy-AQEqoKGio6SlpqeoqaqrrK2ur7CxGevUGJUC" },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Issue_WithKnownInputs_GivesTheIndependentlyComputedToken(string prefix, byte region, long tokenId, string expected)
    {
        byte[] random = [.. Enumerable.Range(0xa0, TokenFormat.RandomLength).Select(i => (byte)i)];

        var secret = TokenFormat.Issue(Prefixes(prefix), region, tokenId, Key, random);

        Assert.Equal(expected, secret.Reveal());
    }

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void VerifyTag_OfAKnownToken_GivesRegionAndTokenId(string prefix, byte region, long tokenId, string text)
    {
        var shape = TokenFormat.VerifyTag(SecretOf(text), Prefixes(prefix), [Key], out var token);

        Assert.Equal(TokenShape.Ours, shape);
        Assert.Equal(new ParsedToken(1, region, tokenId), token);
    }

    [Fact]
    public void VerifyTag_OfWhatWasIssued_GivesRegionAndTokenId() =>
        AnyToken.Sample(expected =>
        {
            var secret = TokenFormat.Issue(TokenPrefixes.Default, expected.Region, expected.TokenId, expected.Key);

            Assert.Equal(TokenShape.Ours, TokenFormat.VerifyTag(secret, TokenPrefixes.Default, [expected.Key], out var token));
            Assert.Equal(new ParsedToken(1, expected.Region, expected.TokenId), token);
            Assert.Equal(TokenShape.Ours, TokenFormat.Parse(secret, TokenPrefixes.Default, out var parsed));
            Assert.Equal(token, parsed);
        });

    [Fact]
    public void Issue_Always_MatchesThePatternOfSecretScanners() =>
        AnyToken.Sample(expected => Assert.Matches(
            ScannerPattern(), TokenFormat.Issue(TokenPrefixes.Default, expected.Region, expected.TokenId, expected.Key).Reveal()));

    [Fact]
    public void Issue_TwiceForTheSameToken_GivesDifferentSecrets() =>
        Assert.NotEqual(
            TokenFormat.Issue(TokenPrefixes.Default, 0, 1, Key), TokenFormat.Issue(TokenPrefixes.Default, 0, 1, Key));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Issue_ForATokenIdThatIsNotPositive_Throws(long tokenId) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenFormat.Issue(TokenPrefixes.Default, 0, tokenId, Key));

    [Fact]
    public void VerifyTag_UnderAnOlderKey_IsOurs()
    {
        var secret = TokenFormat.Issue(TokenPrefixes.Default, 0, 1, OtherKey);

        Assert.Equal(TokenShape.Ours, TokenFormat.VerifyTag(secret, TokenPrefixes.Default, [Key, OtherKey], out _));
    }

    [Fact]
    public void VerifyTag_UnderNoneOfTheKeys_IsForgedAndTellsNothing()
    {
        var secret = TokenFormat.Issue(TokenPrefixes.Default, 5, 77, OtherKey);

        Assert.Equal(TokenShape.Forged, TokenFormat.VerifyTag(secret, TokenPrefixes.Default, [Key], out var token));
        Assert.Equal(default, token);
        Assert.Equal(TokenShape.Forged, TokenFormat.VerifyTag(secret, TokenPrefixes.Default, [], out _));
    }

    [Fact]
    public void VerifyTag_AfterThePrefixSettingChanged_StillTakesTokensOfTheFormerPrefix()
    {
        var old = TokenFormat.Issue(Prefixes("gldt-"), 0, 1, Key);
        var prefixes = Prefixes("gldt-prod-", "gldt-");

        Assert.Equal(TokenShape.Ours, TokenFormat.VerifyTag(old, prefixes, [Key], out _));
        Assert.Equal(TokenShape.Ours, TokenFormat.VerifyTag(TokenFormat.Issue(prefixes, 0, 1, Key), prefixes, [Key], out _));
        Assert.Equal(TokenShape.NotOurs, TokenFormat.VerifyTag(old, Prefixes("gldt-prod-"), [Key], out _));
    }

    [Fact]
    public void VerifyTag_RespelledUnderAnotherAcceptedPrefix_IsForged()
    {
        var text = TokenFormat.Issue(Prefixes("one-"), 0, 1, Key).Reveal();
        var respelled = "two-" + text["one-".Length..];

        Assert.Equal(TokenShape.Forged, TokenFormat.VerifyTag(SecretOf(respelled), Prefixes("one-", "two-"), [Key], out _));
    }

    /// <summary>Imported secrets of common shapes: taking one for ours would refuse it without the look-up that finds it.</summary>
    [Theory]
    [InlineData("gldt-AbCdEfGhIjKlMnOpQrSt")]
    [InlineData("gldt-AQABoKGio6SlpqeoqaqrrK2ur7Cx2qBi3e")]
    [InlineData("gldt-AQABoKGio6SlpqeoqaqrrK2ur7Cx.01.0a1b2c3d4")]
    [InlineData("acme-gldt-AbCdEfGhIjKlMnOpQrSt")]
    [InlineData("jMRvtPNxrn3crTAGukpZ")]
    [InlineData("gldt-")]
    [InlineData("g")]
    [InlineData("GLDT-AQABoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGb")]
    [InlineData("пароль с пробелами 🔑")]
    public void VerifyTag_OfAnImportedSecret_IsNotOurs(string text) =>
        Assert.Equal(TokenShape.NotOurs, TokenFormat.VerifyTag(SecretOf(text), TokenPrefixes.Default, [Key], out _));

    [Theory]
    [InlineData("gldt-AQeAAaChoqOkpaanqKmqq6ytrq-wsZhgYvK-5B", "trailing bits set")]
    [InlineData("gldt-AQABoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGbA", "a length base64 cannot have")]
    [InlineData("gldt-AAABoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGb", "format 0")]
    [InlineData("gldt-AgABoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGb", "format 2")]
    [InlineData("gldt-AQAAoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGb", "token id 0")]
    [InlineData("gldt-AQCBAKChoqOkpaanqKmqq6ytrq-wsUVmL2R3Yw", "token id 1 in two bytes")]
    [InlineData("gldt-AQCBoKGio6SlpqeoqaqrrK2ur7Cx2qBi3eGb", "token id that does not end")]
    [InlineData("gldt-AQABAaChoqOkpaanqKmqq6ytrq-wsUVmL2R3Yw", "token id that ends early")]
    public void VerifyTag_OfABrokenToken_IsMalformed(string text, string because)
    {
        Assert.NotEmpty(because);
        Assert.Equal(TokenShape.Malformed, TokenFormat.VerifyTag(SecretOf(text), TokenPrefixes.Default, [Key], out var token));
        Assert.Equal(default, token);
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\0")]
    public void VerifyTag_WithSomethingAppendedOrInserted_IsNeverOurs(string extra)
    {
        foreach (var known in KnownAnswers)
        {
            var (prefix, _, _, text) = known.Data;
            for (var at = 0; at <= text.Length; at++)
            {
                var shape = TokenFormat.VerifyTag(SecretOf(text.Insert(at, extra)), Prefixes(prefix), [Key], out _);
                Assert.Equal(TokenShape.NotOurs, shape);
            }
        }
    }

    [Fact]
    public void VerifyTag_OfEverySingleCharacterMutation_IsNeverOurs()
    {
        // Every 7-bit character, and the letters that look like ours elsewhere in Unicode.
        char[] replacements = [.. Enumerable.Range(0, 128).Select(c => (char)c), 'А', 'ａ', 'é', '\u200B', '\uFEFF'];
        foreach (var known in KnownAnswers)
        {
            var (prefix, _, _, text) = known.Data;
            var prefixes = Prefixes(prefix);
            for (var at = 0; at < text.Length; at++)
            {
                foreach (var replacement in replacements.Where(c => c != text[at]))
                {
                    var mutant = string.Concat(text.AsSpan(0, at), [replacement], text.AsSpan(at + 1));
                    Assert.NotEqual(TokenShape.Ours, TokenFormat.VerifyTag(SecretOf(mutant), prefixes, [Key, OtherKey], out _));
                }
            }
        }
    }

    [Fact]
    public void VerifyTag_Always_AllocatesNothing()
    {
        TagKey[] keys = [OtherKey, Key];
        var secret = TokenFormat.Issue(TokenPrefixes.Default, 0, 1, Key);
        Assert.Equal(TokenShape.Ours, TokenFormat.VerifyTag(secret, TokenPrefixes.Default, keys, out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var ours = 0;
        for (var i = 0; i < 1000; i++)
        {
            ours += TokenFormat.VerifyTag(secret, TokenPrefixes.Default, keys, out _) == TokenShape.Ours ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000, ours);
    }

    private static Secret SecretOf(string text) => Secret.TryCreate(text, out var secret) ? secret : throw new ArgumentException(text);

    private static TokenPrefixes Prefixes(string issuing, params string[] former) =>
        TokenPrefixes.TryCreate(issuing, former, out var prefixes, out var error) ? prefixes : throw new ArgumentException(error);

    [GeneratedRegex("^gldt-[0-9A-Za-z_-]{20,}$")]
    private static partial Regex ScannerPattern();
}
