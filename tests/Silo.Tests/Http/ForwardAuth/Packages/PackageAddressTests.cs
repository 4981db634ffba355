using CsCheck;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Silo.Http.ForwardAuth.Packages;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

public sealed class PackageAddressTests
{
    private const string Api = "/api/v4";

    private static readonly string[] Formats =
        ["generic", "npm", "maven", "nuget", "pypi", "composer", "helm", "conan", "terraform/modules", "rubygems", "debian"];

    private static readonly string[] OfGroups = ["npm", "maven", "nuget", "pypi", "composer", "debian"];

    [Fact]
    public void Parse_OfEveryFormatAtProjectLevel_GivesTheProjectHoweverItIsNamed()
    {
        foreach (var format in Formats)
        {
            foreach (var rest in new[] { "", "/", "/a/1.0/file.bin", "/a/1.0/file.bin/" })
            {
                Assert.Equal(Resource.Of(new ProjectId(42)), Parse($"{Api}/projects/42/packages/{format}{rest}")?.Resource);
                Assert.Equal(Resource.At(Path("acme/app")), Parse($"{Api}/projects/acme%2Fapp/packages/{format}{rest}")?.Resource);
                Assert.Equal(Resource.At(Path("acme/x/app")), Parse($"{Api}/projects/acme%2fx%2Fapp/packages/{format}{rest}")?.Resource);
            }
        }
    }

    [Fact]
    public void Parse_AtGroupLevel_GivesTheGroupWhereTheFormatHasThatLevel()
    {
        foreach (var format in Formats)
        {
            var target = $"{Api}/groups/acme%2Fplatform/-/packages/{format}/simple/x";
            if (OfGroups.Contains(format))
            {
                Assert.Equal(Resource.GroupAt(Path("acme/platform")), Parse(target)?.Resource);
                Assert.Equal(Resource.Of(new GroupId(7)), Parse($"{Api}/groups/7/-/packages/{format}/simple/x")?.Resource);
                Assert.Equal(Resource.GroupAt(Path("acme")), Parse($"{Api}/groups/acme/-/packages/{format}")?.Resource);
            }
            else
            {
                Assert.Equal((403, "not_found"), Refused(target));
            }
        }
    }

    [Theory]
    [InlineData("/npm/@acme%2fapp", "acme")]
    [InlineData("/npm/@acme%2Fapp/-/app-1.0.0.tgz", "acme")]
    [InlineData("/npm/@acme/app/-/@acme/app-1.0.0.tgz", "acme")]
    [InlineData("/npm/@acme/app", "acme")]
    [InlineData("/npm/-/package/@acme%2fapp/dist-tags", "acme")]
    [InlineData("/npm/-/package/@acme/app/dist-tags/latest", "acme")]
    [InlineData("/terraform/modules/v1/acme/net/aws/versions", "acme")]
    [InlineData("/terraform/modules/v1/acme/net/aws", "acme")]
    [InlineData("/terraform/modules/v1/acme/net/aws/1.0.0/download", "acme")]
    public void Parse_AtInstanceLevelWhereAGroupIsNamed_GivesTheTopLevelGroup(string rest, string group) =>
        Assert.Equal(Resource.GroupAt(Path(group)), Parse(Api + "/packages" + rest)?.Resource);

    [Theory]
    [InlineData("/maven/acme/app/1.0/app-1.0.jar", "acme/app/1.0", true)]
    [InlineData("/maven/acme/platform/app/1.0-SNAPSHOT/maven-metadata.xml", "acme/platform/app/1.0-SNAPSHOT", true)]
    [InlineData("/maven/acme/app/maven-metadata.xml", "acme/app", true)]
    [InlineData("/maven/acme/app/1+0/app.jar", "acme/app", true)]
    [InlineData("/maven/acme/app/a@b/c/app.jar", "acme/app", true)]
    [InlineData("/conan/v1/conans/zlib/1.3/acme+platform+app/stable", "acme/platform/app", false)]
    [InlineData("/conan/v1/conans/zlib/1.3/acme%2Bapp/stable/download_urls", "acme/app", false)]
    [InlineData("/conan/v1/files/zlib/1.3/acme+app/stable/0/export/conanfile.py", "acme/app", false)]
    public void Parse_AtInstanceLevelWhereAProjectIsNamed_GivesTheProject(string rest, string path, bool longestPrefix) =>
        Assert.Equal(longestPrefix ? Resource.Within(Path(path)) : Resource.At(Path(path)), Parse(Api + "/packages" + rest)?.Resource);

    [Fact]
    public void Parse_OfALongMavenPath_TakesNoMoreThanAPathCanHave()
    {
        var deep = string.Concat(Enumerable.Repeat("/g", 40));
        Assert.Equal(
            Resource.Within(Path(string.Join('/', Enumerable.Repeat("g", Limits.MaxPathSegments)))),
            Parse($"{Api}/packages/maven{deep}/f.jar")?.Resource);
    }

    [Theory]
    [InlineData("/npm/app")] // no scope: it could be anyone's
    [InlineData("/npm/@acme")]
    [InlineData("/npm/-/npm/v1/security/audits")]
    [InlineData("/npm/-/ping")]
    [InlineData("/npm")]
    [InlineData("/npm/@/app")]
    [InlineData("/npm/@ac~me/app")]
    [InlineData("/maven/app.jar")]
    [InlineData("/maven/acme/app.jar")]
    [InlineData("/maven/-x/acme/app/app.jar")]
    [InlineData("/conan/v1/ping")]
    [InlineData("/conan/v1/users/authenticate")]
    [InlineData("/conan/v1/users/check_credentials")]
    [InlineData("/conan/v1/conans/search")]
    [InlineData("/conan/v1/conans/zlib/1.3/_/_")]
    [InlineData("/conan/v1/conans/zlib/1.3/acme/stable")]
    [InlineData("/conan/v1/conans/zlib/1.3/acme++app/stable")]
    [InlineData("/conan/v2/conans/zlib/1.3/acme+app/stable")]
    [InlineData("/terraform/modules/v1/acme")]
    [InlineData("/terraform/modules/acme/net/aws")]
    [InlineData("/terraform/state/acme/net/aws")]
    public void Parse_AtInstanceLevelWhereNobodyIsNamed_IsRefused(string rest) =>
        Assert.Equal((403, "path_not_understood"), Refused(Api + "/packages" + rest));

    [Theory]
    [InlineData("/packages/generic/a/1/f")]
    [InlineData("/packages/nuget/index.json")]
    [InlineData("/packages/pypi/simple/x")]
    [InlineData("/packages/composer/packages")]
    [InlineData("/packages/helm/stable/index.yaml")]
    [InlineData("/packages/rubygems/specs.4.8.gz")]
    [InlineData("/packages/debian/dists/x")]
    [InlineData("/groups/acme/-/packages/generic/a/1/f")]
    [InlineData("/groups/acme/-/packages/helm/stable/index.yaml")]
    [InlineData("/groups/acme/-/packages/conan/v1/ping")]
    [InlineData("/groups/acme/-/packages/terraform/modules/v1/acme/net/aws")]
    [InlineData("/groups/acme/-/packages/rubygems/specs.4.8.gz")]
    [InlineData("/projects/acme/packages/generic/a/1/f")] // one segment is never a project
    [InlineData("/projects/0/packages/generic/a/1/f")]
    [InlineData("/projects/-1/packages/generic/a/1/f")]
    [InlineData("/projects/a%2Fb:c/packages/generic/a/1/f")]
    [InlineData("/projects/99999999999999999999/packages/generic/a/1/f")]
    [InlineData("/groups/a%2F-/-/packages/npm/x")]
    public void Parse_OfWhatCannotBeThere_IsNotFound(string rest) => Assert.Equal((403, "not_found"), Refused(Api + rest));

    [Theory]
    [InlineData("")]
    [InlineData("/projects")]
    [InlineData("/projects/42")]
    [InlineData("/projects/42/packages")]
    [InlineData("/projects/42/packages/17")]
    [InlineData("/projects/42/packages/17/package_files")]
    [InlineData("/projects/42/packages/go/example.com/@v/list")]
    [InlineData("/projects/42/packages/Generic/a/1/f")]
    [InlineData("/projects/42/Packages/generic/a/1/f")]
    [InlineData("/projects/42/packages/protection/rules")]
    [InlineData("/projects/42/packages/ml_models/1/files/f")]
    [InlineData("/projects/42/packages/terraform")]
    [InlineData("/projects/42/packages/terraform/state/x")]
    [InlineData("/projects/42/deploy_tokens")]
    [InlineData("/projects/42/repository/archive")]
    [InlineData("/projects/42/registry/repositories")]
    [InlineData("/projects/42/-/packages/generic/a/1/f")]
    [InlineData("/projects/42/x/packages/generic/a/1/f")]
    [InlineData("/projects/acme/app/packages/generic/a/1/f")] // the slash is not escaped
    [InlineData("/groups/7/packages/npm/x")]
    [InlineData("/group/7/-/packages/npm/x")]
    [InlineData("/groups/7/-/packages/go/x")]
    [InlineData("/packages/go/x")]
    [InlineData("/virtual_registries/packages/maven/1/a/b.jar")]
    [InlineData("/projects/42/dependency_proxy/packages/maven/a/b.jar")]
    [InlineData("/job")]
    [InlineData("/x.git/info/refs?service=git-upload-pack")]
    public void Parse_OutsideOfPackages_IsRefused(string rest) => Assert.Equal((403, "path_not_understood"), Refused(Api + rest));

    [Fact]
    public void Parse_OfComposerAndDebian_KnowsTheirOtherAddresses()
    {
        Assert.Equal(Resource.GroupAt(Path("acme")), Parse(Api + "/group/acme/-/packages/composer/packages.json")?.Resource);
        var project = Parse(Api + "/projects/acme%2Fapp/debian_distributions/stable/key.asc");
        Assert.Equal((PackageFormat.Debian, Resource.At(Path("acme/app"))), (project?.Format, project?.Resource));
        var group = Parse(Api + "/groups/7/-/debian_distributions");
        Assert.Equal((PackageFormat.Debian, Resource.Of(new GroupId(7))), (group?.Format, group?.Resource));
    }

    [Theory]
    [InlineData("/projects/12%2Fpackages%2Fnpm%2Fx/packages/npm/y")]
    [InlineData("/projects/12%2FPackages%2FGeneric%2Fx/packages/npm/y")]
    [InlineData("/projects/12%2Fpackages%2Fgo/packages/npm/y")]
    [InlineData("/projects/12%2Fdebian_distributions/packages/npm/y")]
    public void Parse_WhenABackendThatDecodesFirstWouldServeAnotherProject_IsRefused(string rest) =>
        Assert.Equal((403, "uri_ambiguous"), Refused(Api + rest));

    [Theory]
    [InlineData("/projects/acme%2Fpackages/packages/npm/y")]
    [InlineData("/projects/acme%2Fpackages%2Fcore/packages/npm/y")]
    public void Parse_WhenAProjectIsOnlyCalledSo_IsAccepted(string rest) => Assert.NotNull(Parse(Api + rest));

    [Theory]
    [InlineData("/api/v4/projects/acme%2Fapp/packages/generic/a/1/f", 3, true)]
    [InlineData("/api/v4/groups/acme%2Fapp/-/packages/npm/x", 3, true)]
    [InlineData("/api/v4/group/acme%2Fapp/-/packages/composer/x", 3, true)]
    [InlineData("/api/v4/projects/1/packages/npm/@a%2fb", 6, true)]
    [InlineData("/api/v4/projects/1/packages/npm/@a%2fb/-/b.tgz", 6, true)]
    [InlineData("/api/v4/projects/1/packages/npm/-/package/@a%2fb/dist-tags", 8, true)]
    [InlineData("/api/v4/groups/1/-/packages/npm/@a%2fb", 7, true)]
    [InlineData("/api/v4/packages/npm/@a%2fb", 4, true)]
    [InlineData("/api/v4/packages/npm/-/package/@a%2fb/dist-tags", 6, true)]
    [InlineData("/api/v4/projects/1/packages/npm/a%2fb", 6, false)]
    [InlineData("/api/v4/projects/1/packages/npm/@a%2fb%2fc", 6, false)]
    [InlineData("/api/v4/projects/1/packages/npm/x/-/@a%2fb", 8, false)]
    [InlineData("/api/v4/projects/1/packages/generic/@a%2fb/1/f", 6, false)]
    [InlineData("/api/v4/projects/1/packages/generic/packages/npm/@a%2fb", 8, false)]
    [InlineData("/api/v4/projects/1/packages/generic/a/1/b%2fc", 8, false)]
    [InlineData("/api/v4/projects/1/packages%2fgeneric", 4, false)]
    [InlineData("/api/v4/packages/maven%2Facme/app/f", 3, false)]
    [InlineData("/api/v4/packages/maven/acme%2Fapp/f", 4, false)]
    [InlineData("/api/v4/runners/a%2fb", 3, false)]
    public void MayHoldSlash_OfASegment_IsSoForIdsAndNamesOfNpmOnly(string target, int segment, bool may)
    {
        Assert.True(OriginalUri.TryParse(target, out var uri, out _));
        Assert.Contains('/', uri.Segments[segment]);
        Assert.Equal(may, PackageAddress.MayHoldSlash(uri, segment));
    }

    [Fact]
    public void Parse_OfAnyAcceptedProject_IsServedFromThatProjectByEveryBackend()
    {
        var accepted = 0;
        UriGen.Packages.Sample(
            target =>
            {
                if (Parse(target) is not { Level: PackageLevels.Project, Resource.IsGroup: false } address)
                {
                    return true;
                }

                Interlocked.Increment(ref accepted);
                var id = address.Resource.Project.IsNone ? address.Resource.Path.ToString() : address.Resource.Project.ToString();
                var served = Backend.Normalise(target);
                return served.StartsWith($"/api/v4/projects/{id}/", StringComparison.Ordinal)
                    && served[$"/api/v4/projects/{id}/".Length..].Split('/') is ["packages", ..] or ["debian_distributions", ..]
                    // Whoever decodes first finds no other project before some packages.
                    && (served.Split('/') is not [_, _, _, _, var first, "packages", var format, ..]
                        || first == id || PackageFormat.Find(format) is null);
            },
            iter: 20_000);

        Assert.True(accepted > 1_000, $"Only {accepted} of the generated targets were accepted.");
    }

    [Fact]
    public void Parse_OfAnything_NeverThrowsAndAllowsNothing() => UriGen.Packages.Sample(
        target => !OriginalUri.TryParse(target, out var uri, out _)
            || PackageAddress.TryParse(uri, out _, out var refused)
            || refused.Status == StatusCodes.Status403Forbidden,
        iter: 20_000);

    private static NamespacePath Path(string text) => NamespacePath.TryParse(text, out var path) ? path : throw new FormatException(text);

    private static PackageAddress? Parse(string target) =>
        OriginalUri.TryParse(target, out var uri, out _) && PackageAddress.TryParse(uri, out var address, out _) ? address : null;

    private static (int Status, string? Reason) Refused(string target)
    {
        Assert.True(OriginalUri.TryParse(target, out var uri, out _));
        Assert.False(PackageAddress.TryParse(uri, out _, out var refused));
        return (refused.Status, refused.Reason);
    }
}
