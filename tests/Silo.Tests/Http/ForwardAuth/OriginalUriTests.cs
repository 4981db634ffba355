using CsCheck;
using OrleansTokens.Silo.Http.ForwardAuth;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

public sealed class OriginalUriTests
{
    [Theory]
    [InlineData("/", "", null)]
    [InlineData("/acme/api.git/info/refs?service=git-upload-pack", "acme|api.git|info|refs", "service=git-upload-pack")]
    [InlineData("/a/b?", "a|b", "")]
    [InlineData("/a/b/", "a|b", null)]
    [InlineData("/%61cme/%7E", "acme|~", null)]
    [InlineData("/a+b/c,d", "a+b|c,d", null)]
    [InlineData("/npm/@scope%2fname", "npm|@scope/name", null)]
    [InlineData("/api/v4/projects/acme%2Fplatform%2Fapi/packages", "api|v4|projects|acme/platform/api|packages", null)]
    [InlineData("/.../..a/a../.a", "...|..a|a..|.a", null)]
    [InlineData("/a?b=//c/../d%2e%252e?e", "a", "b=//c/../d%2e%252e?e")]
    [InlineData("/a?q=%C3%A4", "a", "q=%C3%A4")]
    public void Parse_WhenThereIsOneMeaning_GivesIt(string raw, string segments, string? query)
    {
        Assert.True(OriginalUri.TryParse(raw, out var uri, out _));
        Assert.Equal(segments, string.Join('|', uri.Segments));
        Assert.Equal(query, uri.Query);
        Assert.Equal(raw.Split('?')[0].Length > 1 && raw.Split('?')[0].EndsWith('/'), uri.EndsWithSlash);
        Assert.Equal(raw, uri.Raw);
    }

    [Theory]
    [InlineData("/acme/../other/api.git/info/refs")]
    [InlineData("/acme/./api.git/info/refs")]
    [InlineData("/acme/..")]
    [InlineData("/acme/.")]
    [InlineData("/..")]
    [InlineData("/acme/%2e%2e/other/api.git")]
    [InlineData("/acme/%2E%2E/other/api.git")]
    [InlineData("/acme/.%2e/other/api.git")]
    [InlineData("/acme/%2e./other/api.git")]
    [InlineData("/acme/%2e/api.git")]
    [InlineData("/acme/..%2fother/api.git")]
    [InlineData("/acme/..%2Fother/api.git")]
    [InlineData("/acme/x%2f..%2f..%2fother")]
    [InlineData("/acme/%2e%2e%2fother")]
    [InlineData("/acme%2f..")]
    [InlineData("/acme/%252e%252e/other")]
    [InlineData("/acme/%25252e%25252e/other")]
    [InlineData("/acme/%25%32%65%25%32%65/other")]
    [InlineData("/acme/.%252e/other")]
    [InlineData("/acme/..%252fother")]
    [InlineData("/acme/100%25")]
    public void Parse_WhenThereAreDotSegmentsInAnyEncoding_IsRefused(string raw) => Assert.Equal(Refusal.UriAmbiguous, Refused(raw));

    [Theory]
    [InlineData("//acme/api.git")]
    [InlineData("/acme//api.git")]
    [InlineData("/acme/api.git//")]
    [InlineData("/acme/%2fapi.git")]
    [InlineData("/acme%2f/api.git")]
    [InlineData("/acme/a%2f%2fb")]
    [InlineData("/%2f")]
    public void Parse_WhenThereAreEmptySegmentsInAnyEncoding_IsRefused(string raw) => Assert.Equal(Refusal.UriAmbiguous, Refused(raw));

    [Theory]
    [InlineData("/acme\\api.git")]
    [InlineData("/acme/;x/api.git")]
    [InlineData("/acme/..;/api.git")]
    [InlineData("/acme/api.git#x")]
    [InlineData("/acme/api.git?a;b")]
    [InlineData("/acme/api.git?a#b")]
    [InlineData("/acme /api.git")]
    [InlineData("/acme\t/api.git")]
    [InlineData("/acme\r\n/api.git")]
    [InlineData("/acme\0/api.git")]
    [InlineData("/acme\u007f/api.git")]
    [InlineData("/acmé/api.git")]
    [InlineData("/acme/\uff0e\uff0e/api.git")]
    [InlineData("/acme/api.git?ä")]
    [InlineData("/a\"b")]
    [InlineData("/a<b>")]
    [InlineData("/a|b")]
    [InlineData("/a^b")]
    [InlineData("/a`b")]
    [InlineData("/a{b}")]
    [InlineData("/a[b]")]
    public void Parse_WhenACharacterIsNotAllowedAsItStands_IsRefused(string raw) => Assert.Equal(Refusal.UriCharacter, Refused(raw));

    [Theory]
    [InlineData("/acme%5capi.git")]
    [InlineData("/acme%5C..%5Capi.git")]
    [InlineData("/acme%3bx/api.git")]
    [InlineData("/acme%3Fx/api.git")]
    [InlineData("/acme%23x/api.git")]
    [InlineData("/acme%00/api.git")]
    [InlineData("/acme/api.git%00.txt")]
    [InlineData("/acme%0a/api.git")]
    [InlineData("/acme%0D/api.git")]
    [InlineData("/acme%20/api.git")]
    [InlineData("/acme%7f/api.git")]
    [InlineData("/acme/%c0%ae%c0%ae/api.git")] // a dot, spelled too long
    [InlineData("/acme/%ef%bc%8e%ef%bc%8e/api.git")] // dots of full width
    [InlineData("/acm%C3%A9/api.git")]
    [InlineData("/a?b=%00")]
    [InlineData("/a?b=%0d%0a")]
    [InlineData("/a?b=%7F")]
    public void Parse_WhenAnEscapeHidesWhatIsNotAllowed_IsRefused(string raw) => Assert.Equal(Refusal.UriAmbiguous, Refused(raw));

    [Theory]
    [InlineData("/acme/%")]
    [InlineData("/acme/%2")]
    [InlineData("/acme/%zz")]
    [InlineData("/acme/%2g/x")]
    [InlineData("/acme/%u002e/x")]
    [InlineData("/acme/%+2/x")]
    [InlineData("/a%/2e")]
    [InlineData("/a%2/e")]
    [InlineData("/a?b=%")]
    [InlineData("/a?b=%4")]
    [InlineData("/a?%xx")]
    public void Parse_WhenAnEscapeIsInvalid_IsRefused(string raw) => Assert.Equal(Refusal.UriEscape, Refused(raw));

    [Theory]
    [InlineData("http://h/acme/api.git")]
    [InlineData("*")]
    [InlineData("h:443")]
    [InlineData("acme/api.git")]
    [InlineData("?service=git-upload-pack")]
    [InlineData("%2facme")]
    public void Parse_WhenItIsNoPath_IsRefused(string raw) => Assert.Equal(Refusal.UriForm, Refused(raw));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Parse_WhenThereIsNothing_IsRefused(string? raw) => Assert.Equal(Refusal.UriMissing, Refused(raw));

    [Fact]
    public void Parse_WhenItIsLongerThanAllowed_IsRefused()
    {
        Assert.True(OriginalUri.TryParse("/" + new string('a', OriginalUri.MaxLength - 1), out _, out _));
        Assert.Equal(Refusal.UriTooLong, Refused("/" + new string('a', OriginalUri.MaxLength)));
    }

    [Fact]
    public void ToString_OfAUriWithAQuery_LeavesTheQueryOut()
    {
        Assert.True(OriginalUri.TryParse("/a/b/?private_token=gldt-x", out var uri, out _));
        Assert.Equal("/a/b/", uri.ToString());
    }

    [Fact]
    public void Parse_OfAnything_NeverThrows() =>
        Gen.OneOf(Gen.String, Gen.String.Select(s => "/" + s), UriGen.Any).Sample(raw =>
            OriginalUri.TryParse(raw, out var uri, out var refusal) ? uri is not null && refusal == Refusal.None : refusal != Refusal.None);

    [Fact]
    public void Parse_OfAnyAcceptedPath_MeansWhatEveryBackendMakesOfIt()
    {
        var accepted = 0;
        UriGen.Any.Sample(
            raw =>
            {
                if (!OriginalUri.TryParse(raw, out var uri, out _))
                {
                    return true;
                }

                Interlocked.Increment(ref accepted);
                var path = uri.ToString();
                var once = Backend.Normalise(raw);
                return once == path && Backend.Normalise(once) == path && Backend.Normalise(once.Replace('\\', '/')) == path;
            },
            iter: 20_000);

        Assert.True(accepted > 1_000, $"Only {accepted} of the generated paths were accepted.");
    }

    private static Refusal Refused(string? raw)
    {
        Assert.False(OriginalUri.TryParse(raw, out _, out var refusal));
        return refusal;
    }
}
