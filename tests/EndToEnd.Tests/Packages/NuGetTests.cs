namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>dotnet nuget push and dotnet restore.</summary>
[Collection(PackagesCollection.Name)]
public sealed class NuGetTests(PackagesFixture fixture) : PackageClientTests(fixture, new NuGetClient(fixture.Folder))
{
    [Fact]
    public Task Restore_WhenAddressIsAGroups_SucceedsForTheTokensOwnGroupOnly() => FetchThroughGroupsAsync();
}
