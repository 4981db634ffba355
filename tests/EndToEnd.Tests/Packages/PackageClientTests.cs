namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>What holds for every client of a package registry. Expected texts are what the client shows a person.</summary>
public abstract class PackageClientTests
{
    private readonly PackageClient _client;

    private protected PackageClientTests(PackagesFixture fixture, PackageClient client)
    {
        Fixture = fixture;
        _client = client;
    }

    private protected PackagesFixture Fixture { get; }

    private protected string App => Fixture.OfProject(Fixture.App, _client.Format);

    private protected string Unauthorized { get; init; } = "401";

    private protected string Forbidden { get; init; } = "403";

    private protected string NotFound { get; init; } = "404";

    /// <summary>What a client shows that fetches without a right credential.</summary>
    private protected string? FetchUnauthorized { get; init; }

    private protected string? FetchNotFound { get; init; }

    [Fact]
    public async Task PublishAndFetch_WhenTokensHaveTheScopes_Succeed()
    {
        var version = await PublishedAsync();
        var reads = await Fixture.Admin.IssueForProjectAsync(Fixture.App, "read_package_registry");
        _ = (await _client.FetchAsync(App, reads, version)).Succeeded();
    }

    [Fact]
    public async Task Publish_WhenTokenOnlyReads_IsForbidden()
    {
        var reads = await Fixture.Admin.IssueForProjectAsync(Fixture.App, "read_package_registry", "read_repository", "write_registry");
        _ = (await _client.PublishAsync(App, reads, Fixture.NewVersion())).Failed(Forbidden);
    }

    [Fact]
    public async Task PublishAndFetch_WhenTokenIsOfAnotherProject_FindNothing()
    {
        var version = await PublishedAsync();
        var other = await Fixture.Admin.IssueForProjectAsync(Fixture.Other, "write_package_registry");
        _ = (await _client.PublishAsync(App, other, Fixture.NewVersion())).Failed(NotFound);
        _ = (await _client.FetchAsync(App, other, version)).Failed(FetchNotFound ?? NotFound);
    }

    [Fact]
    public async Task PublishAndFetch_WhenTokenIsRevoked_AreUnauthorizedAtOnce()
    {
        var token = await Fixture.Admin.IssueForProjectAsync(Fixture.App, "write_package_registry");
        var version = Fixture.NewVersion();
        _ = (await _client.PublishAsync(App, token, version)).Succeeded();
        _ = (await _client.FetchAsync(App, token, version)).Succeeded();
        await Fixture.Admin.RevokeAsync(token);
        _ = (await _client.FetchAsync(App, token, version)).Failed(FetchUnauthorized ?? Unauthorized);
        _ = (await _client.PublishAsync(App, token, Fixture.NewVersion())).Failed(Unauthorized);
    }

    [Fact]
    public async Task Fetch_WhenNobodyAsksAndProjectIsPrivate_IsUnauthorized() =>
        _ = (await _client.FetchAsync(App, null, await PublishedAsync())).Failed(FetchUnauthorized ?? Unauthorized);

    /// <summary>Publishes a new version to <see cref="App"/>, with a token of the group two levels above.</summary>
    private protected async Task<string> PublishedAsync()
    {
        var writes = await Fixture.Admin.IssueForGroupAsync(Fixture.Group, "write_package_registry");
        var version = Fixture.NewVersion();
        _ = (await _client.PublishAsync(App, writes, version)).Succeeded();
        return version;
    }

    /// <summary>Fetches through the addresses of groups: that of the token's own covers every project below, no other answers.</summary>
    private protected async Task FetchThroughGroupsAsync()
    {
        var version = await PublishedAsync();
        var top = await Fixture.Admin.IssueForGroupAsync(Fixture.Group, "read_package_registry");
        _ = (await _client.FetchAsync(Fixture.OfGroup(Fixture.Group, _client.Format), top, version)).Succeeded();
        _ = (await _client.FetchAsync(Fixture.OfGroup("acme%2Fplatform", _client.Format), top, version)).Failed(FetchNotFound ?? NotFound);
    }

    /// <summary>Publishes to, and fetches without a credential from, a public project.</summary>
    private protected async Task FetchFromPublicProjectAsync()
    {
        var registry = Fixture.OfProject("open%2Fapp", _client.Format);
        var writes = await Fixture.Admin.IssueForProjectAsync(Fixture.Open, "write_package_registry");
        var version = Fixture.NewVersion();
        _ = (await _client.PublishAsync(registry, writes, version)).Succeeded();
        _ = (await _client.FetchAsync(registry, null, version)).Succeeded();
    }
}
