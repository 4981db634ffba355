using Microsoft.AspNetCore.Http;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Silo.Http.ForwardAuth.Packages;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

public sealed class PackageRequestTests
{
    private static readonly string[] Formats =
        ["generic", "npm", "maven", "nuget", "pypi", "composer", "helm", "conan", "terraform/modules", "rubygems", "debian"];

    [Theory]
    [InlineData("GET", false)]
    [InlineData("HEAD", false)]
    [InlineData("PUT", true)]
    [InlineData("POST", true)]
    [InlineData("DELETE", true)]
    [InlineData("PATCH", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("PROPFIND", true)]
    [InlineData("get", true)]
    [InlineData("BREW", true)]
    public void Request_OfAnyFormat_ReadsByGetAndHeadOnly(string method, bool writes)
    {
        foreach (var format in Formats)
        {
            Assert.Equal(writes, Of(method, $"/api/v4/projects/1/packages/{format}/a/1/f").Writes);
        }
    }

    [Theory]
    [InlineData("npm/-/npm/v1/security/audits", false)]
    [InlineData("npm/-/npm/v1/security/audits/quick", false)]
    [InlineData("npm/-/npm/v1/security/advisories/bulk", false)]
    [InlineData("npm/-/npm/v1/security/audits/quick/x", true)]
    [InlineData("npm/-/npm/v1/security/audits/delete", true)]
    [InlineData("npm/-/npm/v1/security", true)]
    [InlineData("npm/-/npm/v1/tokens", true)]
    [InlineData("npm/-/v1/login", true)]
    [InlineData("npm/x/-/npm/v1/security/audits", true)]
    [InlineData("generic/-/npm/v1/security/audits", true)]
    [InlineData("pypi", true)]
    [InlineData("composer", true)]
    [InlineData("helm/api/stable/charts", true)]
    [InlineData("rubygems/api/v1/gems", true)]
    [InlineData("conan/v1/conans/zlib/1/a/b/upload_urls", true)]
    [InlineData("conan/v1/conans/zlib/1/a/b/packages/delete", true)]
    [InlineData("nuget/v2/$batch", true)]
    public void Request_ByPost_ReadsOnlyWhereNpmAsksForAdvisories(string rest, bool writes) =>
        Assert.Equal(writes, Of("POST", "/api/v4/projects/1/packages/" + rest).Writes);

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("x-http-method-override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("X-Method-Override")]
    public void Request_WhoseMethodABackendMayReplace_Writes(string header) =>
        Assert.True(Of("GET", "/api/v4/projects/1/packages/generic/a/1/f", header).Writes);

    [Fact]
    public void Questions_OfARequest_AreAboutWhatIsWantedThenAboutReading()
    {
        var (project, group) = (Resource.Of(new ProjectId(1)), Resource.Of(new GroupId(1)));
        const string OfProject = "/api/v4/projects/1/packages/npm/x";
        const string OfGroup = "/api/v4/groups/1/-/packages/npm/x";
        Assert.Equal([new Question(RegistryAction.ReadPackage, project)], Of("GET", OfProject).Questions);
        Assert.Equal(
            [new Question(RegistryAction.WritePackage, project), new Question(RegistryAction.ReadPackage, project)],
            Of("PUT", OfProject).Questions);
        Assert.Equal([new Question(RegistryAction.ReadGroupPackages, group)], Of("GET", OfGroup).Questions);
        Assert.Equal(
            [new Question(RegistryAction.WriteGroupPackages, group), new Question(RegistryAction.ReadGroupPackages, group)],
            Of("PUT", OfGroup).Questions);
    }

    private static PackageRequest Of(string method, string target, string? header = null)
    {
        var headers = new HeaderDictionary();
        if (header is not null)
        {
            headers[header] = "PUT";
        }

        Assert.True(OriginalUri.TryParse(target, out var uri, out _));
        Assert.True(PackageAddress.TryParse(uri, out var address, out _));
        return PackageRequest.Of(address, method, headers);
    }
}
