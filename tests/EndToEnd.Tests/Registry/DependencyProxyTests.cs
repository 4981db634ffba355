using System.Net;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>The dependency proxy of a group: nginx, which asks about each request, before a registry that fetches images of another one.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class DependencyProxyTests(AuthorityFixture authority) : IAsyncLifetime
{
    private static readonly HttpClient Http = new();

    private readonly TemporaryDirectory _directory = new();
    private readonly Stack<IAsyncDisposable> _started = new();
    private ContainerTools _tools = null!;
    private NginxSite _nginx = null!;

    public async ValueTask InitializeAsync()
    {
        _tools = await ContainerTools.CreateAsync(_directory);
        var upstream = await StartRegistryAsync("upstream", await WriteOpenRegistryAsync());
        _ = (await ContainerTools.SkopeoAsync(
            "copy", "--dest-tls-verify=false", _tools.Layout, $"docker://{upstream.Authority}/library/hello:1")).Succeeded();
        var cache = await StartRegistryAsync(
            "cache",
            Repository.Infra("registries", "docker-registry", "pull-through.yml"),
            ("REGISTRY_PROXY_REMOTEURL", upstream.GetLeftPart(UriPartial.Authority)));
        _nginx = await NginxSite.StartAsync(
            "orleanstokens-dependency-proxy.conf",
            "127.0.0.1:8092",
            _directory,
            ("127.0.0.1:8080", authority.Silo.Address.Authority),
            ("127.0.0.1:5001", cache.Authority));
        _started.Push(_nginx);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _started)
        {
            await program.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task Skopeo_WithATokenOfTheGroupOrOneAbove_PullsUntilItIsRevoked()
    {
        var admin = authority.Admin;
        var group = await admin.CreateGroupAsync("depot");
        _ = await admin.CreateGroupAsync("below", group);
        _ = await admin.CreateGroupAsync("depot-rival");
        var token = await admin.IssueForGroupAsync(group, "read_registry", "write_registry");

        foreach (var path in new[] { "depot", "depot/below" })
        {
            _ = (await _tools.PullAsync(token, Image(path, "hello:1"))).Succeeded();
            _ = (await _tools.PullAsync(token, Image(path, "library/hello:1"))).Succeeded();
        }

        Assert.NotEqual(0, (await _tools.PullAsync(token, Image("depot-rival", "hello:1"))).ExitCode);
        Assert.NotEqual(0, (await _tools.PushAsync(token, Image("depot", "hello:2"))).ExitCode);

        var jwt = await RegistryTokenClient.FetchForDependencyProxyAsync(authority.Silo.Address, token);
        const string Manifest = "/v2/depot/dependency_proxy/containers/hello/manifests/1";
        Assert.Equal(HttpStatusCode.OK, await RegistryTokenClient.AskAsync(_nginx.Address, HttpMethod.Get, Manifest, jwt));
        await admin.RevokeAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(_nginx.Address, HttpMethod.Get, Manifest, jwt));
        Assert.NotEqual(0, (await _tools.PullAsync(token, Image("depot", "hello:1"))).ExitCode);
    }

    [Fact]
    public async Task Skopeo_WithATokenThatIsNotOfAGroupOrHasNotBothScopes_IsForbidden()
    {
        var admin = authority.Admin;
        var group = await admin.CreateGroupAsync("depot-scopes");
        var project = await admin.CreateProjectAsync("app", group);
        var image = Image("depot-scopes", "hello:1");

        _ = (await _tools.PullAsync(await admin.IssueForProjectAsync(project, "read_registry", "write_registry"), image)).Failed("403");
        _ = (await _tools.PullAsync(await admin.IssueForGroupAsync(group, "read_registry", "write_virtual_registry"), image)).Failed("403");
        _ = (await _tools.PullAsync(await admin.IssueForGroupAsync(group, "read_virtual_registry", "write_virtual_registry"), image)).Succeeded();
    }

    private string Image(string group, string image) => $"{_nginx.Address.Authority}/{group}/dependency_proxy/containers/{image}";

    /// <summary>What stands for the registry somewhere else: it lets everybody push and pull.</summary>
    private async Task<string> WriteOpenRegistryAsync()
    {
        var file = _directory["open.yml"];
        await File.WriteAllTextAsync(file, "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /nowhere\nhttp:\n  addr: 127.0.0.1:0\n");
        return file;
    }

    private async Task<Uri> StartRegistryAsync(string name, string configuration, params (string Name, string Value)[] settings)
    {
        var address = Loopback.Address(Loopback.FreePort());
        var environment = new Dictionary<string, string>
        {
            ["REGISTRY_HTTP_ADDR"] = address.Authority,
            ["REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY"] = _directory.Create(name),
        };
        foreach (var (setting, value) in settings)
        {
            environment[setting] = value;
        }

        var program = BackgroundProgram.Start("docker-registry", ["serve", configuration], environment);
        _started.Push(program);
        await program.WaitUntilAsync(() => Loopback.AnswersAsync(Http, new Uri(address, "/v2/")));
        return address;
    }
}
