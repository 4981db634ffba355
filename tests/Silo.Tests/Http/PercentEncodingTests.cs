using System.Text;
using CsCheck;
using OrleansTokens.Silo.Http;

namespace OrleansTokens.Silo.Tests.Http;

public class PercentEncodingTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%2fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("%C3%A9", "é")]
    [InlineData("a+b", "a+b")]
    [InlineData("", "")]
    public void TryDecode_WhenWellFormed_DecodesOnce(string encoded, string expected)
    {
        Assert.True(PercentEncoding.TryDecode(encoded, plusIsSpace: false, out var text, out var complaint));
        Assert.Equal(expected, text);
        Assert.Null(complaint);
    }

    [Theory]
    [InlineData("%", PercentEncoding.BrokenEscape)]
    [InlineData("%2", PercentEncoding.BrokenEscape)]
    [InlineData("%zz", PercentEncoding.BrokenEscape)]
    [InlineData("%+1", PercentEncoding.BrokenEscape)]
    [InlineData("% 1", PercentEncoding.BrokenEscape)]
    [InlineData("%ff", PercentEncoding.NotUtf8)]
    [InlineData("%C0%AF", PercentEncoding.NotUtf8)]
    [InlineData("%ED%A0%80", PercentEncoding.NotUtf8)]
    public void TryDecode_WhenMalformed_SaysWhy(string encoded, string expected)
    {
        Assert.False(PercentEncoding.TryDecode(encoded, plusIsSpace: false, out _, out var complaint));
        Assert.Equal(expected, complaint);
    }

    [Fact]
    public void TryDecode_WhenEncodedByTheFramework_GivesTheTextBack() => Gen.String.Sample(text =>
    {
        var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return PercentEncoding.TryDecode(Uri.EscapeDataString(wellFormed), plusIsSpace: true, out var decoded, out _)
            && decoded == wellFormed;
    });

    [Fact]
    public void TryDecode_WhenGivenAnyBytes_EitherDecodesOrComplains() => Gen.Byte.Array[0, 40].Sample(bytes =>
        PercentEncoding.TryDecode(bytes, plusIsSpace: true, out var text, out var complaint)
            ? complaint is null && text.Length <= bytes.Length
            : complaint is not null && text.Length == 0);
}
