using System.Net;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>What the JWTs of <c>/jwt/auth</c> open at a real registry, and which keys it takes them from.</summary>
public sealed class RegistryTokenTests : IAsyncLifetime
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(200);

    private const string Uploads = "/v2/signed/web/blobs/uploads/";
    private const string Tags = "/v2/signed/web/tags/list";
    private const string ReadWrite = "repository:signed/web:pull,push";

    private readonly TemporaryDirectory _data = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly List<IAsyncDisposable> _started = [];

    private AdminApi? _admin;
    private Uri _authority = null!;
    private long _project;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Registry_WhenKeyHasAlgorithm_AcceptsTheJwt(string algorithm)
    {
        await StartAuthorityAsync(("Grid__Jwt__Algorithm", algorithm));
        var registry = await StartRegistryAsync("registry");
        var tools = await ContainerTools.CreateAsync(_directory);
        var token = await _admin!.IssueForProjectAsync(_project, "read_registry", "write_registry");
        Assert.Equal(algorithm, RegistryTokenClient.Algorithm(await RegistryTokenClient.FetchAsync(_authority, token, ReadWrite)));
        _ = (await tools.PushAsync(token, $"{registry.Host}/signed/web:1")).Succeeded();
        _ = (await tools.PullAsync(token, $"{registry.Host}/signed/web:1")).Succeeded();
    }

    [Fact]
    public async Task Jwt_WhenNothingIsConfigured_IsSignedWithES256()
    {
        await StartAuthorityAsync();
        var token = await _admin!.IssueForProjectAsync(_project, "read_registry");
        Assert.Equal("ES256", RegistryTokenClient.Algorithm(await RegistryTokenClient.FetchAsync(_authority, token)));
    }

    [Fact]
    public async Task Jwt_WhenOnlyPartIsGranted_OpensThatPart()
    {
        await StartAuthorityAsync();
        var registry = await StartRegistryAsync("registry");
        var other = await _admin!.CreateProjectAsync("app", await _admin.CreateGroupAsync("signed-rival"));
        Assert.NotEqual(_project, other);
        var writer = await _admin.IssueForProjectAsync(_project, "write_registry");
        var reader = await _admin.IssueForProjectAsync(_project, "read_registry");

        // Pushing does not imply pulling, and this registry begins an upload only for those who may do both.
        var pushOnly = await RegistryTokenClient.FetchAsync(_authority, writer, ReadWrite);
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Post, Uploads, pushOnly));
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Get, Tags, pushOnly));

        var several = await RegistryTokenClient.FetchAsync(
            _authority, reader, ReadWrite + " repository:signed-rival/app:pull", "repository:signed/web/image:pull", "registry:catalog:*");
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Post, Uploads, several));
        // Granted, and nothing there yet.
        Assert.Equal(HttpStatusCode.NotFound, await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Get, Tags, several));
        Assert.Equal(
            HttpStatusCode.NotFound,
            await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Get, "/v2/signed/web/image/tags/list", several));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Get, "/v2/signed-rival/app/tags/list", several));
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(registry.Address, HttpMethod.Get, "/v2/_catalog", several));
    }

    [Fact]
    public async Task Registry_WhenKeyIsRotatedWithDelay_AcceptsJwtsThroughout()
    {
        await StartAuthorityAsync();
        var before = await StartRegistryAsync("before");
        var token = await _admin!.IssueForProjectAsync(_project, "read_registry");
        var first = await RegistryTokenClient.FetchAsync(_authority, token, ReadWrite);
        _ = await _admin.PostAsync("/api/v4/signing_keys/rotate", new { delay = 3600 });
        var during = await RegistryTokenClient.FetchAsync(_authority, token, ReadWrite);
        var informed = await StartRegistryAsync("informed");
        foreach (var jwt in new[] { first, during })
        {
            Assert.Equal(HttpStatusCode.NotFound, await RegistryTokenClient.AskAsync(before.Address, HttpMethod.Get, Tags, jwt));
            Assert.Equal(HttpStatusCode.NotFound, await RegistryTokenClient.AskAsync(informed.Address, HttpMethod.Get, Tags, jwt));
        }
    }

    [Fact]
    public async Task Registry_WhenKeyIsRotatedAtOnce_NeedsTheNewCertificateAndStillTakesTheOld()
    {
        await StartAuthorityAsync();
        var before = await StartRegistryAsync("before");
        var token = await _admin!.IssueForProjectAsync(_project, "read_registry");
        var old = await RegistryTokenClient.FetchAsync(_authority, token, ReadWrite);
        _ = await _admin.PostAsync("/api/v4/signing_keys/rotate", new { delay = 0 });
        var informed = await StartRegistryAsync("informed");
        var fresh = old;
        for (var left = 100; RegistryTokenClient.KeyId(fresh) == RegistryTokenClient.KeyId(old); left--)
        {
            Assert.True(left > 0, "The new key does not sign.");
            await Task.Delay(LookAgainAfter, TimeProvider.System);
            fresh = await RegistryTokenClient.FetchAsync(_authority, token, ReadWrite);
        }

        Assert.Equal(HttpStatusCode.NotFound, await RegistryTokenClient.AskAsync(informed.Address, HttpMethod.Get, Tags, old));
        Assert.Equal(HttpStatusCode.NotFound, await RegistryTokenClient.AskAsync(informed.Address, HttpMethod.Get, Tags, fresh));
        Assert.Equal(HttpStatusCode.NotFound, await RegistryTokenClient.AskAsync(before.Address, HttpMethod.Get, Tags, old));
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.AskAsync(before.Address, HttpMethod.Get, Tags, fresh));
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        foreach (var program in Enumerable.Reverse(_started))
        {
            await program.DisposeAsync();
        }

        _data.Dispose();
        _directory.Dispose();
    }

    private async Task StartAuthorityAsync(params (string Name, string Value)[] settings)
    {
        var silo = await Silo.StartReadyAsync(_data.Path, settings);
        _started.Add(silo);
        _authority = silo.Address;
        _admin = new AdminApi(silo.Address);
        _project = await _admin.CreateProjectAsync("web", await _admin.CreateGroupAsync("signed"));
    }

    private async Task<DockerRegistry> StartRegistryAsync(string name)
    {
        var registry = await DockerRegistry.StartAsync(_authority, _directory, name);
        _started.Add(registry);
        return registry;
    }
}
