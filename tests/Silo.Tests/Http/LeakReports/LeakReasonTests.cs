using System.Text.Json;
using CsCheck;
using OrleansTokens.Silo.Http.LeakReports;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

public sealed class LeakReasonTests
{
    private const string Token = "gldt-AQABCHxU1nAwGXhp_Y8A1MkF7Ha2JN7BK5xe";

    [Theory]
    [InlineData("commit", "https://github.com/o/r/blob/c/f.txt", " in commit at https://github.com/o/r/blob/c/f.txt")]
    [InlineData(null, "https://user:pass@github.com:8443/o?q=" + Token + "#" + Token, " at https://github.com:8443/o")]
    [InlineData("npm", "", " in npm")]
    [InlineData("two\nlines", null, "")]
    [InlineData("", "javascript:alert(1)", "")]
    [InlineData("", "file:///etc/passwd", "")]
    [InlineData("", "/relative", "")]
    [InlineData("", "https://example.com/a\r\nb", " at https://example.com/a%0D%0Ab")]
    [InlineData("", "https://example.com/" + Token, "")]
    [InlineData("", "https://example.com/%67ldt-AQABCHxU1nAwGXhp_Y8A1MkF7Ha2JN7BK5xe", "")]
    [InlineData(Token, null, "")]
    public void Reason_OfAReport_TellsThePlaceAndNeverTheSecret(string? source, string? url, string expected) =>
        Assert.Equal($"Reported as leaked by X{expected}.", Reason(Token, source, url));

    [Fact]
    public void Reason_OfALongAddress_IsCut()
    {
        var reason = Reason(Token, "commit", "https://example.com/" + new string('a', 3000));

        Assert.True(reason.Length <= Limits.MaxReasonLength);
        Assert.EndsWith("aaa....", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Reason_OfAnything_FitsAndIsPlainText() => Gen.Select(Gen.String[0, 500], Gen.String[0, 60]).Sample(
        (path, source) =>
        {
            var reason = Reason(Token, source, "https://example.com/" + path);
            Assert.True(reason.Length <= Limits.MaxReasonLength);
            Assert.DoesNotContain(reason, static c => c is < ' ' or > '~');
        },
        iter: 2000);

    private static string Reason(string token, string? source, string? url)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new[] { new { token, type = "t", source, url } });
        Assert.True(LeakReport.TryParse(json, "url", out var reports, out var error), error);
        return LeakReason.Of("X", reports[0]);
    }
}
