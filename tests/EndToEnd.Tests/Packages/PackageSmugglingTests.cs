using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>
/// Requests that mean one thing to the authority and might mean another to nginx or to a package server, sent with a token that may do
/// everything with the packages of <c>acme/other</c>, and nothing with those of <c>acme/platform/app</c>.
/// </summary>
[Collection(PackagesCollection.Name)]
public sealed class PackageSmugglingTests(PackagesFixture fixture)
{
    private const string Hidden = "packages/generic/hidden/1.0/file";

    public static TheoryData<string> Targets =>
    [
        $"/api/v4/projects/{{app}}/{Hidden}",
        $"/api/v4/projects/acme%2Fplatform%2Fapp/{Hidden}",
        $"/api/v4/projects/{{other}}/../{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/%2e%2e/{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/.%2e/{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/..%2f{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}%2f..%2f{{app}}/{Hidden}",
        $"/api/v4/projects/acme%2Fother%2F..%2Fplatform%2Fapp/{Hidden}",
        $"/api/v4/projects/{{other}}/%252e%252e/{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/..;/{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/..\\{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/..%5c{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/packages/generic/../../../{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/packages/generic/..%2f..%2f..%2f{{app}}/{Hidden}",
        $"/api/v4/projects/{{other}}/packages/npm/@acme%2f..%2f..%2f..%2f..%2f{{app}}/{Hidden}",
        $"/api/v4/projects/{{app}}%2Fpackages%2Fgeneric%2Fhidden%2F1.0%2Ffile/packages/generic/x/1/y",
        $"/api/v4/projects/{{app}}/{Hidden}#/../../../../../../{{other}}/packages/generic/x/1/y",
        $"/api/v4/projects/{{app}}/{Hidden}%00/packages/generic/x/1/y",
        $"/api/v4/projects/{{app}}/{Hidden}?/../../../../../../{{other}}/packages/generic/x/1/y",
        $"/api/v4//projects/{{app}}/{Hidden}",
        $"//api/v4/projects/{{app}}/{Hidden}",
        $"/api/v4/./projects/{{app}}/{Hidden}",
        $"/%61pi/v4/projects/{{app}}/{Hidden}",
        $"/api/v4/projects/%{{app:hex}}/{Hidden}",
        $"/api/v4/projects/0{{app}}/{Hidden}",
        $"/api/v4/projects/+{{app}}/{Hidden}",
        $"http://127.0.0.1/api/v4/projects/{{app}}/{Hidden}",
        "/api/v4/projects/{app}/packages/npm/@acme%2flibrary",
        "/api/v4/projects/{other}/../{app}/packages/npm/@acme%2flibrary",
        "/api/v4/packages/npm/@acme%2flibrary",
        "/api/v4/packages/maven/acme/platform/app/1.0/app-1.0.pom",
        "/api/v4/packages/maven/acme/other/../platform/app/1.0/app-1.0.pom",
        "/api/v4/groups/acme/-/packages/nuget/index.json",
        "/api/v4/groups/acme%2Fother/-/packages/nuget/index.json",
    ];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Request_WhenItsPathIsAmbiguous_ReachesNoOtherProject(string target)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Other, "read_package_registry", "write_package_registry");
        target = target.Replace("{app}", $"{fixture.App}", StringComparison.Ordinal)
            .Replace("{app:hex}", $"{(int)$"{fixture.App}"[0]:x2}", StringComparison.Ordinal)
            .Replace("{other}", $"{fixture.Other}", StringComparison.Ordinal);
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            var before = fixture.Store.Passed.Count;
            var answer = await RawHttp.SendAsync(fixture.Proxy, method, target, [RawHttp.Basic(token)]);
            Assert.True(answer.Status is 0 or 400 or 401 or 403 or 404, answer.Text);
            Assert.Equal(before, fixture.Store.Passed.Count);
        }
    }

    [Fact]
    public async Task Request_WhenClientSendsTheProxysHeadersItself_IsJudgedByItsOwnLine()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Other, "read_package_registry");
        var mine = $"/api/v4/projects/{fixture.Other}/{Hidden}";
        foreach (var uri in new[] { "X-Original-URI", "X-Original-URL", "X-Forwarded-Uri" })
        {
            string[] headers = [RawHttp.Basic(token), $"{uri}: {mine}", "X-Original-Method: GET", "X-Forwarded-Method: GET"];
            Assert.Equal(404, (await RawHttp.SendAsync(fixture.Proxy, "GET", $"/api/v4/projects/{fixture.App}/{Hidden}", headers)).Status);
            Assert.Equal(403, (await RawHttp.SendAsync(fixture.Proxy, "PUT", mine, headers)).Status);
        }
    }

    [Fact]
    public async Task Request_WhenClientNamesAnotherMethod_CountsAsWriting()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Other, "read_package_registry");
        var mine = $"/api/v4/projects/{fixture.Other}/{Hidden}";
        foreach (var header in new[] { "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override" })
        {
            Assert.Equal(403, (await RawHttp.SendAsync(fixture.Proxy, "GET", mine, [RawHttp.Basic(token), $"{header}: PUT"])).Status);
        }
    }

    [Fact]
    public async Task Request_WhenClientSaysWhoItIsItself_IsPassedOnAsTheAuthoritySays()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Other, "write_package_registry");
        string[] headers = [RawHttp.Basic(token), "X-Auth-Project: acme/platform/app", "X-Auth-Group: acme", "X-Auth-User: root"];
        var target = $"/api/v4/projects/{fixture.Other}/packages/generic/mine/1.0/file";
        Assert.Equal(201, (await RawHttp.SendAsync(fixture.Proxy, "PUT", target, headers, "content")).Status);
        Assert.Equal(new PassedOn(target, "acme/other", ""), fixture.Store.Passed.Last());
        Assert.Contains("mine/1.0/file", fixture.Store.Files("acme/other", "generic"));
    }
}
