using System.Net;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>The same as <see cref="RegistryFixture"/> with groups of its own.</summary>
public sealed class ProxiedRegistryFixture(AuthorityFixture authority) : RegistryFixture(authority)
{
    protected override string Name => "proxied";
}

/// <summary>The registry behind nginx, which asks about each request.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class ProxiedRegistryTests(ProxiedRegistryFixture fixture) : IClassFixture<ProxiedRegistryFixture>, IAsyncLifetime
{
    private static readonly HttpClient Http = new();

    private readonly TemporaryDirectory _directory = new();
    private NginxSite _nginx = null!;

    public async ValueTask InitializeAsync() => _nginx = await NginxSite.StartAsync(
        "orleanstokens-registry.conf",
        "127.0.0.1:8091",
        _directory,
        ("127.0.0.1:8080", fixture.Authority.Authority),
        ("127.0.0.1:5000", fixture.RegistryAddress.Authority));

    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Skopeo_WhenTokenReadsAndWrites_PushesAndPullsThroughTheProxy()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        _ = (await fixture.Tools.PushAsync(token, Image("proxied/web/proxied:1"))).Succeeded();
        _ = (await fixture.Tools.PullAsync(token, Image("proxied/web/proxied:1"))).Succeeded();
        var reader = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry");
        _ = (await fixture.Tools.PullAsync(reader, Image("proxied/web/proxied:1"))).Succeeded();
        Assert.NotEqual(0, (await fixture.Tools.PushAsync(reader, Image("proxied/web/proxied:2"))).ExitCode);
        var deletion = await ContainerTools.SkopeoAsync(
            "delete", "--tls-verify=false", "--creds", token.Credentials, "docker://" + Image("proxied/web/proxied:1"));
        Assert.NotEqual(0, deletion.ExitCode);
        await fixture.Admin.RevokeAsync(token);
        Assert.NotEqual(0, (await fixture.Tools.PullAsync(token, Image("proxied/web/proxied:1"))).ExitCode);
    }

    [Fact]
    public async Task Podman_WhenTokenReadsAndWrites_LogsInAndPushesThroughTheProxy()
    {
        var token = await fixture.Admin.IssueForGroupAsync(fixture.Group, "read_registry", "write_registry");
        var image = Image("proxied/platform/backend/api/proxied:1");
        var credentials = fixture.Tools.CredentialsFile();
        var login = await fixture.Tools.PodmanAsync(
            "login", "--tls-verify=false", "--authfile", credentials, "--username", token.Username, "--password", token.Secret, _nginx.Address.Authority);
        _ = login.Succeeded();
        _ = (await fixture.Tools.PodmanAsync("tag", ContainerTools.Image, image)).Succeeded();
        _ = (await fixture.Tools.PodmanAsync("push", "--tls-verify=false", "--authfile", credentials, image)).Succeeded();
    }

    [Fact]
    public async Task Jwt_AfterItsTokenWasRevoked_IsRefusedByTheProxyAtOnceThoughTheRegistryTakesIt()
    {
        const string Manifest = "/v2/proxied/web/at-once/manifests/1";
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        _ = (await fixture.Tools.PushAsync(token, Image("proxied/web/at-once:1"))).Succeeded();
        var jwt = await RegistryTokenClient.FetchAsync(fixture.Authority, token, "repository:proxied/web/at-once:pull,push");
        Assert.Equal(HttpStatusCode.OK, await RegistryTokenClient.AskAsync(_nginx.Address, HttpMethod.Get, Manifest, jwt));
        Assert.Equal(HttpStatusCode.Accepted, await BeginUploadAsync(jwt));

        await fixture.Admin.RevokeAsync(token);

        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(_nginx.Address, HttpMethod.Get, Manifest, jwt));
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(_nginx.Address, HttpMethod.Get, "/v2/", jwt));
        Assert.Equal(HttpStatusCode.Unauthorized, await BeginUploadAsync(jwt));
        Assert.Equal(HttpStatusCode.OK, await RegistryTokenClient.AskAsync(fixture.RegistryAddress, HttpMethod.Get, Manifest, jwt));
    }

    [Fact]
    public async Task Challenge_OfTheProxy_LeadsToTheAuthorityThroughIt()
    {
        using var answer = await Http.GetAsync(new Uri(_nginx.Address, "/v2/proxied/web/x/manifests/1"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var challenge = Assert.Single(answer.Headers.GetValues("WWW-Authenticate"));
        Assert.Equal(
            $"Bearer realm=\"{_nginx.Address.GetLeftPart(UriPartial.Authority)}/jwt/auth\",service=\"container_registry\",scope=\"repository:proxied/web/x:pull\"",
            challenge);
        Assert.Contains("\"UNAUTHORIZED\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/_catalog")]
    [InlineData("/v2/proxied/web/../web/tags/list")]
    [InlineData("/v2/proxied%2Fweb/tags/list")]
    [InlineData("/v2/proxied-rival/app/../../proxied/web/tags/list")]
    public async Task Address_ThatIsNotPlain_IsForbiddenByTheProxy(string path)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry");
        var jwt = await RegistryTokenClient.FetchAsync(fixture.Authority, token, "repository:proxied/web:pull");
        Assert.Equal(403, (await RawHttp.SendAsync(_nginx.Address, "GET", path, ["Authorization: Bearer " + jwt])).Status);
    }

    private string Image(string path) => $"{_nginx.Address.Authority}/{path}";

    private Task<HttpStatusCode> BeginUploadAsync(string jwt) =>
        RegistryTokenClient.AskAsync(_nginx.Address, HttpMethod.Post, "/v2/proxied/web/at-once/blobs/uploads/", jwt);
}
