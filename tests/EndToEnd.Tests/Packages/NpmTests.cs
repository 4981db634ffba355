namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>npm and verdaccio.</summary>
[Collection(PackagesCollection.Name)]
public sealed class NpmTests : PackageClientTests
{
    public NpmTests(PackagesFixture fixture)
        : base(fixture, new NpmClient(fixture.Folder))
    {
        Unauthorized = "E401";
        Forbidden = "E403";
        NotFound = "E404";
    }

    [Fact]
    public async Task PublishAndFetch_WhenTokenIsAPassword_Succeed()
    {
        var client = new NpmClient(Fixture.Folder, basic: true);
        var token = await Fixture.Admin.IssueForProjectAsync(Fixture.App, "write_package_registry");
        var version = Fixture.NewVersion();
        _ = (await client.PublishAsync(App, token, version)).Succeeded();
        _ = (await client.FetchAsync(App, token, version)).Succeeded();
    }
}
