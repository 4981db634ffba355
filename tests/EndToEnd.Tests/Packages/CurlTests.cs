namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>curl with the header, and the generic format.</summary>
[Collection(PackagesCollection.Name)]
public sealed class CurlTests(PackagesFixture fixture) : PackageClientTests(fixture, new CurlClient(fixture.Folder))
{
    [Fact]
    public Task Fetch_WhenNobodyAsksAndProjectIsPublic_Succeeds() => FetchFromPublicProjectAsync();

    [Fact]
    public async Task Publish_WhenNobodyAsksAndProjectIsPublic_IsUnauthorized() =>
        _ = (await new CurlClient(Fixture.Folder).PublishAsync(Fixture.OfProject(Fixture.Open, "generic"), null, Fixture.NewVersion())).Failed("401");

    [Fact]
    public async Task PublishAndFetch_WhenTokenIsAPassword_SucceedWhateverTheUsername()
    {
        var client = new CurlClient(Fixture.Folder, basic: true);
        var registry = Fixture.OfProject("acme%2Fplatform%2Fapp", client.Format);
        var token = await Fixture.Admin.IssueForProjectAsync(Fixture.App, "write_package_registry") with { Username = "anybody" };
        var version = Fixture.NewVersion();
        _ = (await client.PublishAsync(registry, token, version)).Succeeded();
        _ = (await client.FetchAsync(registry, token, version)).Succeeded();
    }

    [Fact]
    public async Task Server_WhenARequestReachesIt_IsToldWhoAsksAndNeverTheCredential()
    {
        _ = await PublishedAsync();
        Assert.Contains(Fixture.Store.Requests, static request => request.StartsWith("PUT ", StringComparison.Ordinal)
            && request.Contains("gitlab+deploy-token-", StringComparison.Ordinal));
        Assert.False(Fixture.Store.SawCredential);
    }
}
