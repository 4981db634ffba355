namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>Maven with the header.</summary>
[Collection(PackagesCollection.Name)]
public sealed class MavenTests : PackageClientTests
{
    public MavenTests(PackagesFixture fixture)
        : base(fixture, new MavenClient(fixture.Folder)) => NotFound = "Could not find artifact";

    [Fact]
    public Task Get_WhenAddressIsAGroups_SucceedsForTheTokensOwnGroupOnly() => FetchThroughGroupsAsync();

    [Fact]
    public async Task Deploy_WhenTokenIsAPassword_Succeeds()
    {
        var token = await Fixture.Admin.IssueForProjectAsync(Fixture.App, "write_package_registry");
        _ = (await new MavenClient(Fixture.Folder, basic: true).PublishAsync(App, token, Fixture.NewVersion())).Succeeded();
    }
}
