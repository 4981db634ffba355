namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>twine and pip.</summary>
[Collection(PackagesCollection.Name)]
public sealed class PythonTests : PackageClientTests
{
    public PythonTests(PackagesFixture fixture)
        : base(fixture, new PythonClient(fixture.Folder)) => FetchNotFound = "No matching distribution found";

    [Fact]
    public Task Install_WhenAddressIsAGroups_SucceedsForTheTokensOwnGroupOnly() => FetchThroughGroupsAsync();

    [Fact]
    public Task Install_WhenNobodyAsksAndProjectIsPublic_Succeeds() => FetchFromPublicProjectAsync();
}
