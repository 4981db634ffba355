using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>
/// Requests that mean one thing to the authority and might mean another to a proxy or to git, sent through each real proxy with a
/// token that may read <c>git/app</c> and nothing else.
/// </summary>
[Collection(GitCollection.Name)]
public sealed class SmugglingTests(GitFixture fixture)
{
    private const string Allowed = "/git/app.git/info/refs?service=git-upload-pack";
    private const string Hidden = "/git/secret.git/info/refs?service=git-upload-pack";

    /// <summary>The first line of what git advertises when it lets a client in.</summary>
    private const string Advertisement = "# service=git-";

    private static readonly string[] Targets =
    [
        // Another project, by way of one that is allowed.
        "/git/app.git/../secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/%2e%2e/secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/.%2e/secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/%2E./secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/..%2fsecret.git/info/refs?service=git-upload-pack",
        "/git/app.git%2f..%2fsecret.git/info/refs?service=git-upload-pack",
        "/git/app.git/%252e%252e/secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/..%252fsecret.git/info/refs?service=git-upload-pack",
        "/git/app.git/..\\secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/..%5csecret.git/info/refs?service=git-upload-pack",
        "/git/app.git/..;/secret.git/info/refs?service=git-upload-pack",
        "/git/app.git/info/refs/../../../secret.git/info/refs?service=git-upload-pack",
        "/git/secret.git/info/refs#/../../app.git/info/refs?service=git-upload-pack",
        "/git/secret.git/info/refs%23/../../app.git/info/refs?service=git-upload-pack",
        "/git/secret.git/info/refs?service=git-upload-pack#/../../app.git/info/refs",
        "/git//secret.git/info/refs?service=git-upload-pack",
        "//git/secret.git/info/refs?service=git-upload-pack",
        "//git/app.git/../secret.git/info/refs?service=git-upload-pack",
        "/git/./secret.git/info/refs?service=git-upload-pack",
        "/git%2fsecret.git/info/refs?service=git-upload-pack",
        "/git/secret%2egit/info/refs?service=git-upload-pack",
        "/git/%73ecret.git/info/refs?service=git-upload-pack",
        "/git/secret.git/info/refs%00.git/info/refs?service=git-upload-pack",
        "/git/app.git%00/../secret.git/info/refs?service=git-upload-pack",
        "http://127.0.0.1/git/secret.git/info/refs?service=git-upload-pack",
        // A push that looks like a fetch.
        "/git/app.git/info/refs?service=git-upload-pack&service=git-receive-pack",
        "/git/app.git/info/refs?service=git-receive-pack&service=git-upload-pack",
        "/git/app.git/info/refs?service=git-upload-pack&%73ervice=git-receive-pack",
        "/git/app.git/info/refs?service=git%2dreceive-pack",
        "/git/app.git/info/refs?service=git-upload-pack;service=git-receive-pack",
        "/git/app.git/info/refs?SERVICE=git-upload-pack&service=git-receive-pack",
        // Other spellings of an address that is allowed, and the files that git serves without a service.
        "/git//app.git/info/refs?service=git-receive-pack",
        "/git/app.git/./info/refs?service=git-receive-pack",
        "/git/app.git/info/refs;x?service=git-receive-pack",
        "/git/app.git/info/refs",
        "/git/secret.git/info/refs",
        "/git/secret.git/HEAD",
        "/git/secret.git/objects/info/packs",
    ];

    private static readonly (string Uri, string Method)[] Conventions =
    [
        ("X-Original-URI", "X-Original-Method"),
        ("X-Original-URL", "X-Original-Method"),
        ("X-Forwarded-Uri", "X-Forwarded-Method"),
    ];

    public static TheoryData<string> Proxies => [.. GitFixture.AllProxies];

    public static MatrixTheoryData<string, string> ProxiesAndTargets => new(GitFixture.AllProxies, Targets);

    [Theory]
    [MemberData(nameof(ProxiesAndTargets))]
    public async Task Request_WhenItsPathIsAmbiguous_GetsNothing(string proxy, string target)
    {
        var answer = await RawHttp.SendAsync(fixture.Address(proxy), "GET", target, [RawHttp.Basic(await TokenAsync())]);
        Refused(answer);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Request_WhenClientSendsTheProxysHeadersItself_IsJudgedByItsOwnPath(string proxy)
    {
        var credential = RawHttp.Basic(await TokenAsync());
        var address = fixture.Address(proxy);
        Assert.Equal(200, (await RawHttp.SendAsync(address, "GET", Allowed, [credential])).Status);
        foreach (var (uri, method) in Conventions)
        {
            foreach (var claimed in new[] { Allowed, address.GetLeftPart(UriPartial.Authority) + Allowed })
            {
                string[] headers = [credential, $"{uri}: {claimed}", $"{method}: GET"];
                Refused(await RawHttp.SendAsync(address, "GET", Hidden, headers));
                Refused(await RawHttp.SendAsync(address, "GET", "/git/app.git/info/refs?service=git-receive-pack", headers));
                Refused(await RawHttp.SendAsync(address, "POST", "/git/app.git/git-receive-pack", headers));
                Refused(await RawHttp.SendAsync(address, "GET", Hidden, [.. headers, $"{uri}: {Hidden}", $"{method}: GET"]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Request_WhenClientNamesAnotherMethod_IsJudgedByItsOwn(string proxy)
    {
        var credential = RawHttp.Basic(await TokenAsync());
        string[] headers = [credential, "X-HTTP-Method-Override: GET", "X-Original-Method: POST", "X-Forwarded-Method: POST"];
        Refused(await RawHttp.SendAsync(fixture.Address(proxy), "POST", "/git/app.git/git-receive-pack", headers));
        Refused(await RawHttp.SendAsync(fixture.Address(proxy), "PUT", "/git/app.git/git-upload-pack", headers));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Request_WhenClientSendsTheAuthoritysAnswerItself_IsStillAsked(string proxy)
    {
        string[] headers = ["X-Auth-User: root", "X-Auth-Status: 200", "X-Auth-Reason: none", "Remote-User: root"];
        Assert.Equal(401, (await RawHttp.SendAsync(fixture.Address(proxy), "GET", Hidden, headers)).Status);
        Assert.Equal(401, (await RawHttp.SendAsync(fixture.Address(proxy), "POST", "/git-open/app.git/git-receive-pack", headers)).Status);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Request_WhenItAimsAtTheAuthorityItself_GetsNothing(string proxy)
    {
        var credential = RawHttp.Basic(await TokenAsync());
        foreach (var target in new[] { "/.orleanstokens", "/forward-auth", "/readyz", "/api/v4/groups", "/git/app.git/../../readyz" })
        {
            var answer = await RawHttp.SendAsync(fixture.Address(proxy), "GET", target, [credential]);
            Assert.True(answer.Status is 400 or 403 or 404, answer.Text);
        }
    }

    private static void Refused(RawAnswer answer)
    {
        Assert.True(answer.Status is 0 or 400 or 401 or 403 or 404, answer.Text);
        Assert.DoesNotContain(Advertisement, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("refs/heads", answer.Text, StringComparison.Ordinal);
    }

    private Task<IssuedToken> TokenAsync() => fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
}
