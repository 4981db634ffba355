using System.Text;
using CsCheck;
using Microsoft.Extensions.Primitives;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Client.Tests.AspNetCore;

public sealed class BasicCredentialTests
{
    [Theory]
    [InlineData("ci:gldt-abc", "ci", "gldt-abc")]
    [InlineData("gitlab+deploy-token-1:s:e:c", "gitlab+deploy-token-1", "s:e:c")]
    [InlineData(":secret", "", "secret")]
    [InlineData("user:", "user", null)]
    [InlineData(":", "", null)]
    [InlineData("usér:pässword", "usér", "pässword")]
    [InlineData("user: with spaces ", "user", " with spaces ")]
    public void Read_WhenWellFormed_SplitsAtTheFirstColon(string text, string username, string? secret)
    {
        var form = BasicCredential.Read(Basic(text), out var credential);

        Assert.Equal(BasicCredentialForm.Present, form);
        Assert.Equal(username, credential!.Username);
        Assert.Equal(secret, credential.Secret?.Reveal());
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("basic dXNlcjpwYXNz")]
    [InlineData("BASIC   dXNlcjpwYXNz ")]
    public void Read_WhenSchemeIsInAnyCase_Reads(string header)
    {
        Assert.Equal(BasicCredentialForm.Present, BasicCredential.Read(header, out var credential));
        Assert.Equal("user", credential!.Username);
        Assert.Equal("pass", credential.Secret!.Reveal());
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXM=")]
    [InlineData("Basic dXNlcjpwYXM")]
    public void Read_WhenPaddingIsLeftOut_ReadsTheSame(string header)
    {
        Assert.Equal(BasicCredentialForm.Present, BasicCredential.Read(header, out var credential));
        Assert.Equal("pas", credential!.Secret!.Reveal());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Read_WhenThereIsNoHeader_IsAbsent(string? header)
    {
        Assert.Equal(BasicCredentialForm.Absent, BasicCredential.Read(header, out var credential));
        Assert.Null(credential);
    }

    [Theory]
    [InlineData("Bearer dXNlcjpwYXNz")]
    [InlineData("Basics dXNlcjpwYXNz")]
    [InlineData("dXNlcjpwYXNz")]
    [InlineData(" Basic dXNlcjpwYXNz")]
    [InlineData("Basic\tdXNlcjpwYXNz")]
    public void Read_WhenSchemeIsAnother_SaysSo(string header)
    {
        Assert.Equal(BasicCredentialForm.OtherScheme, BasicCredential.Read(header, out var credential));
        Assert.Null(credential);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic dXNlcnBhc3M=")] // no colon
    [InlineData("Basic dXNlcjpwYXNz=")] // padding where none belongs
    [InlineData("Basic dXNlcjpwYXM==")]
    [InlineData("Basic dXNlcjpwYXNzd")] // a lone character at the end
    [InlineData("Basic dXNl cjpwYXNz")]
    [InlineData("Basic dXN=cjpwYXNz")]
    [InlineData("Basic dXNlcjo_Pz8-")] // the alphabet of URLs
    [InlineData("Basic !!!!")]
    [InlineData("Basic ====")]
    public void Read_WhenBase64IsWrong_IsMalformed(string header)
    {
        Assert.Equal(BasicCredentialForm.Malformed, BasicCredential.Read(header, out var credential));
        Assert.Null(credential);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'u', (byte)':', 0xff })]
    [InlineData(new byte[] { (byte)'u', (byte)':', 0xc0, 0xae })] // a dot, spelled too long
    [InlineData(new byte[] { (byte)'u', (byte)':', 0xed, 0xa0, 0x80 })] // half of a surrogate pair
    [InlineData(new byte[] { (byte)'u', (byte)':', 0 })]
    [InlineData(new byte[] { (byte)'u', (byte)'\n', (byte)':', (byte)'p' })]
    [InlineData(new byte[] { (byte)'u', 0x7f, (byte)':', (byte)'p' })]
    [InlineData(new byte[] { (byte)'u', (byte)':', 0xc2, 0x85 })] // a control character outside ASCII
    public void Read_WhenTextIsNotCleanUtf8_IsMalformed(byte[] text)
    {
        Assert.Equal(BasicCredentialForm.Malformed, BasicCredential.Read("Basic " + Convert.ToBase64String(text), out _));
    }

    [Fact]
    public void Read_WhenHeaderCameTwice_IsMalformed()
    {
        var twice = new StringValues([Basic("a:b"), Basic("a:b")]);

        Assert.Equal(BasicCredentialForm.Malformed, BasicCredential.Read(twice, out _));
    }

    [Fact]
    public void Read_WhenHeaderIsAsLongAsAllowed_Reads()
    {
        var header = Basic("user:" + new string('x', ((BasicCredential.MaxHeaderLength - "Basic ".Length) / 4 * 3) - "user:".Length));

        Assert.InRange(header.Length, BasicCredential.MaxHeaderLength - 3, BasicCredential.MaxHeaderLength);
        Assert.Equal(BasicCredentialForm.Present, BasicCredential.Read(header, out _));
    }

    [Fact]
    public void Read_WhenHeaderIsTooLong_IsMalformed()
    {
        var header = Basic("user:" + new string('x', BasicCredential.MaxHeaderLength));

        Assert.Equal(BasicCredentialForm.Malformed, BasicCredential.Read(header, out _));
    }

    [Fact]
    public void Read_WhenSecretIsLongerThanAnySecret_HasNone()
    {
        var longest = "u:" + new string('x', Limits.MaxSecretLength);

        Assert.Equal(BasicCredentialForm.Present, BasicCredential.Read(Basic(longest), out var credential));
        Assert.NotNull(credential!.Secret);
        Assert.Equal(BasicCredentialForm.Present, BasicCredential.Read(Basic(longest + "x"), out credential));
        Assert.Null(credential!.Secret);
    }

    [Fact]
    public void ToString_OfACredential_ShowsNeitherPart()
    {
        _ = BasicCredential.Read(Basic("gldt-pasted:gldt-secret"), out var credential);

        Assert.DoesNotContain("gldt", credential!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAnything_NeverThrows() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char.AlphaNumeric, 0, 40].Select(s => "Basic " + s), Gen.Byte.Array[0, 60].Select(Encode))
            .Sample(header =>
            {
                var form = BasicCredential.Read(header, out var credential);
                return credential is null == (form != BasicCredentialForm.Present);
            });

    [Fact]
    public void Read_OfWhatAClientEncodes_GivesItBack() =>
        Gen.Select(Gen.String[Printable, 0, 40].Where(u => !u.Contains(':', StringComparison.Ordinal)), Gen.String[Printable, 1, 60])
            .Sample((username, secret) =>
                BasicCredential.Read(Basic($"{username}:{secret}"), out var credential) == BasicCredentialForm.Present
                && credential!.Username == username
                && Secret.TryCreate(secret, out var expected)
                && expected.Equals(credential.Secret));

    private static readonly Gen<char> Printable = Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u00a0', '\u0500']);

    private static string Basic(string text) => Encode(Encoding.UTF8.GetBytes(text));

    private static string Encode(byte[] bytes) => "Basic " + Convert.ToBase64String(bytes);
}
