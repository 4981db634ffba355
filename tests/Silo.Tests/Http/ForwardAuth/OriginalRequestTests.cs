using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OrleansTokens.Silo.Http.ForwardAuth;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

public sealed class OriginalRequestTests
{
    private const string Endpoint = "/forward-auth";
    private const string Fetch = "/acme/api.git/info/refs?service=git-upload-pack";
    private const string Push = "/acme/api.git/info/refs?service=git-receive-pack";

    [Theory]
    [InlineData("nginx", "X-Original-URI: " + Fetch, "X-Original-Method: GET")]
    [InlineData("HAProxy", "x-original-uri: " + Fetch, "x-original-method: GET")]
    [InlineData("ingress-nginx", "X-Original-URL: https://git.example:8443" + Fetch, "X-Original-Method: GET")]
    [InlineData("ingress-nginx over http", "X-Original-URL: http://[::1]" + Fetch, "X-Original-Method: GET")]
    [InlineData("Caddy and Traefik", "X-Forwarded-Uri: " + Fetch, "X-Forwarded-Method: GET")]
    public void Read_WhenOneConventionIsComplete_TakesItWhateverTheEndpointWasAsked(string proxy, params string[] headers)
    {
        foreach (var (method, query) in new[] { ("GET", ""), ("POST", "?service=git-receive-pack"), ("HEAD", "?") })
        {
            var read = Read(headers, method, Endpoint + query);

            Assert.Equal((proxy, "GET", Fetch), (proxy, read?.Method, read?.Uri.Raw));
        }
    }

    [Fact]
    public void Read_WhenEnvoyAppendsThePath_TakesItWithTheMethodOfTheRequest()
    {
        var read = Read([], "POST", "/forward-auth/acme/api.git/git-upload-pack");

        Assert.Equal("POST", read!.Method);
        Assert.Equal("/acme/api.git/git-upload-pack", read.Uri.Raw);
    }

    [Fact]
    public void Read_WhenEnvoyAppendsThePath_TakesTheQueryWithIt() => Assert.Equal(Fetch, Read([], "GET", Endpoint + Fetch)!.Uri.Raw);

    [Fact]
    public void Read_WhenMountedBelowABasePath_TakesWhatFollowsIt()
    {
        var headers = new HeaderDictionary();

        Assert.True(OriginalRequestReading.TryRead(headers, "GET", "/base/forward-auth/a/b", "/base/forward-auth", out var read, out _));
        Assert.Equal("/a/b", read.Uri.Raw);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("get")]
    [InlineData("PROPFIND")]
    [InlineData("M-SEARCH")]
    [InlineData("UPDATEREDIRECTREF")]
    public void Read_WhenMethodIsAnyToken_KeepsItAsItIs(string method) =>
        Assert.Equal(method, Read(["X-Original-URI: /a", "X-Original-Method: " + method])!.Method);

    [Theory]
    [InlineData("GE T")]
    [InlineData("GET,POST")]
    [InlineData("GET/")]
    [InlineData("GÉT")]
    [InlineData("AVERYLONGMETHODTHATNOBODYHASEVERSEEN")]
    public void Read_WhenMethodIsNoToken_IsRefused(string method) =>
        Assert.Equal(Refusal.MethodMalformed, Refused(["X-Original-URI: /a", "X-Original-Method: " + method]));

    [Theory]
    [InlineData("X-Original-URI: " + Fetch, "X-Original-URL: https://git.example" + Fetch, "X-Original-Method: GET")]
    [InlineData("X-Original-URI: " + Fetch, "X-Original-Method: GET", "X-Forwarded-Uri: " + Fetch, "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URL: http://h" + Fetch, "X-Original-Method: GET", "X-Forwarded-Uri: " + Fetch, "X-Forwarded-Method: GET")]
    public void Read_WhenConventionsAgreeExactly_IsAccepted(params string[] headers)
    {
        Assert.Equal(Fetch, Read(headers)!.Uri.Raw);
        Assert.Equal(Fetch, Read(headers, "GET", Endpoint + Fetch)!.Uri.Raw);
    }

    [Theory]
    // Caddy passes a client's own X-Original-URI on, nginx a client's own X-Forwarded-Uri.
    [InlineData("X-Original-URI: " + Fetch, "X-Original-Method: GET", "X-Forwarded-Uri: " + Push, "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: " + Push, "X-Original-Method: GET", "X-Forwarded-Uri: " + Fetch, "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Uri: /a", "X-Forwarded-Method: POST")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Uri: /a", "X-Forwarded-Method: get")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Uri: /%61", "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Uri: /A", "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: /a", "X-Original-URL: http://h/b", "X-Original-Method: GET")]
    public void Read_WhenConventionsDisagree_IsRefused(params string[] headers) =>
        Assert.Equal(Refusal.HeadersConflict, Refused(headers));

    [Theory]
    [InlineData("GET", "/forward-auth/b")]
    [InlineData("POST", "/forward-auth/a")]
    [InlineData("GET", "/forward-auth/a?")]
    [InlineData("GET", "/forward-auth/")]
    public void Read_WhenHeadersAndAppendedPathDisagree_IsRefused(string method, string target) =>
        Assert.Equal(Refusal.HeadersConflict, Refused(["X-Original-URI: /a", "X-Original-Method: GET"], method, target));

    [Theory]
    [InlineData("X-Original-URI: /a")]
    [InlineData("X-Original-URL: http://h/a")]
    [InlineData("X-Forwarded-Uri: /a")]
    [InlineData("X-Original-URI: /a", "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: ")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Uri: /a")]
    public void Read_WhenAMethodIsMissing_IsRefused(params string[] headers) => Assert.Equal(Refusal.MethodMissing, Refused(headers));

    [Theory]
    [InlineData]
    [InlineData("X-Original-Method: GET")]
    [InlineData("X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: ", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: ", "X-Original-Method: GET")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URI: /a", "X-Original-Method: GET", "X-Forwarded-Uri: ", "X-Forwarded-Method: GET")]
    [InlineData("X_Original_URI: /a", "X_Original_Method: GET")]
    public void Read_WhenAUriIsMissing_IsRefused(params string[] headers) => Assert.Equal(Refusal.UriMissing, Refused(headers));

    [Theory]
    [InlineData("?uri=/acme/api.git/info/refs")]
    [InlineData("?X-Original-URI=/a&X-Original-Method=GET")]
    [InlineData("?service=git-upload-pack")]
    public void Read_WhenOnlyTheQueryOfTheEndpointSaysSomething_IsRefused(string query) =>
        Assert.Equal(Refusal.UriMissing, Refused([], "GET", Endpoint + query));

    [Theory]
    [InlineData("X-Original-URI")]
    [InlineData("X-Original-URL")]
    [InlineData("X-Original-Method")]
    [InlineData("X-Forwarded-Uri")]
    [InlineData("X-Forwarded-Method")]
    public void Read_WhenAHeaderCameTwice_IsRefusedEvenIfBothAreEqual(string repeated)
    {
        var headers = Headers(
        [
            "X-Original-URI: /a", "X-Original-URL: http://h/a", "X-Original-Method: GET",
            "X-Forwarded-Uri: /a", "X-Forwarded-Method: GET",
        ]);
        headers[repeated] = new StringValues([headers[repeated].ToString(), headers[repeated].ToString()]);

        Assert.False(OriginalRequestReading.TryRead(headers, "GET", Endpoint, Endpoint, out _, out var refusal));
        Assert.Equal(Refusal.HeaderRepeated, refusal);
    }

    [Theory]
    [InlineData("X-Original-URI: http://h/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URI: *", "X-Original-Method: OPTIONS")]
    [InlineData("X-Original-URI: h:443", "X-Original-Method: CONNECT")]
    [InlineData("X-Forwarded-Uri: http://h/a", "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URL: /a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: //h/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: ftp://h/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://h", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http:///a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://user@h/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://h?x/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://h#x/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://h\\x/a", "X-Original-Method: GET")]
    [InlineData("X-Original-URL: http://h x/a", "X-Original-Method: GET")]
    public void Read_WhenTheFormIsNotThatOfTheConvention_IsRefused(params string[] headers) =>
        Assert.Equal(Refusal.UriForm, Refused(headers));

    [Theory]
    [InlineData("/Forward-Auth/a")]
    [InlineData("/forward%2dauth/a")]
    [InlineData("/forward-authority")]
    [InlineData("/forward-auth%2fa")]
    [InlineData("http://h/forward-auth/a")]
    [InlineData("/x/../forward-auth/a")]
    [InlineData("")]
    public void Read_WhenTheTargetIsNotTheEndpointAsSpelled_IsRefused(string target)
    {
        Assert.Equal(Refusal.UriForm, Refused([], "GET", target));
        Assert.Equal(Refusal.UriForm, Refused(["X-Original-URI: /a", "X-Original-Method: GET"], "GET", target));
    }

    [Theory]
    [InlineData("/forward-auth/../healthz", nameof(Refusal.UriAmbiguous))]
    [InlineData("/forward-auth//a", nameof(Refusal.UriAmbiguous))]
    [InlineData("/forward-auth/a\\b", nameof(Refusal.UriCharacter))]
    public void Read_WhenTheAppendedPathIsAmbiguous_IsRefused(string target, string refusal) =>
        Assert.Equal(Enum.Parse<Refusal>(refusal), Refused([], "GET", target));

    [Fact]
    public void Read_OfAnyHeaders_NeverThrowsAndAcceptsOnlyWhatIsSaid()
    {
        var gen = Gen.Select(
            Gen.OneOf("/a", "/b", "http://h/a", "http://h/b", "", "*", "/a?x").Array[0, 2].Array[3, 3],
            Gen.OneOf("GET", "POST", "", "G T").Array[0, 2].Array[2, 2],
            Gen.OneOf("", "/a", "/b", "?x", "/a?x", "x"),
            Gen.OneOf("GET", "POST"));
        gen.Sample((uris, methods, appended, method) =>
        {
            var headers = new HeaderDictionary
            {
                ["X-Original-URI"] = uris[0],
                ["X-Original-URL"] = uris[1],
                ["X-Forwarded-Uri"] = uris[2],
                ["X-Original-Method"] = methods[0],
                ["X-Forwarded-Method"] = methods[1],
            };
            if (!OriginalRequestReading.TryRead(headers, method, Endpoint + appended, Endpoint, out var read, out var refusal))
            {
                return refusal != Refusal.None;
            }

            var said = uris.SelectMany(u => u).Select(u => u.Replace("http://h", "", StringComparison.Ordinal))
                .Concat(appended.StartsWith('/') ? [appended] : []);
            var called = methods.SelectMany(m => m).Concat(appended.StartsWith('/') ? [method] : []);
            return said.All(u => u == read.Uri.Raw) && called.All(m => m == read.Method) && called.Any();
        });
    }

    private static OriginalRequest? Read(string[] headers, string method = "GET", string target = Endpoint) =>
        OriginalRequestReading.TryRead(Headers(headers), method, target, Endpoint, out var request, out _) ? request : null;

    private static Refusal Refused(string[] headers, string method = "GET", string target = Endpoint)
    {
        Assert.False(OriginalRequestReading.TryRead(Headers(headers), method, target, Endpoint, out _, out var refusal));
        return refusal;
    }

    private static HeaderDictionary Headers(string[] lines)
    {
        var headers = new HeaderDictionary();
        foreach (var line in lines)
        {
            var parts = line.Split(": ", 2);
            headers.Append(parts[0], new StringValues([parts[1]]));
        }

        return headers;
    }
}
