using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

[Collection(GitCollection.Name)]
public sealed class GitTests(GitFixture fixture)
{
    private const string AccessDenied = "Authentication failed";

    private static readonly HttpClient Http = new();

    public static TheoryData<string> Proxies => [.. GitFixture.Proxies];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task CloneAndFetch_WhenTokenReads_Succeed(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var clone = await CloneAsync(proxy, "git/app", token);
        Assert.Equal("git/app", await File.ReadAllTextAsync(Path.Combine(clone, "README")));
        await fixture.Hosting.AdvanceAsync("git/app");
        _ = (await GitHosting.GitAsync(clone, "pull", "--ff-only")).Succeeded();
        var counted = await GitHosting.GitAsync(clone, "rev-list", "--count", "--left-right", "HEAD...origin/main");
        Assert.Equal("0\t0", counted.Succeeded().StandardOutput.Trim());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenOlderProtocolIsAsked_Succeeds(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var clone = fixture.Hosting.NewDirectory();
        var repository = fixture.Repository(proxy, "git/app", token);
        _ = (await GitHosting.GitAsync(clone, "-c", "protocol.version=0", "clone", repository, ".")).Succeeded();
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Push_WhenTokenReads_IsForbidden(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var clone = await CloneAsync(proxy, "git/app", token);
        await GitHosting.CommitAsync(clone);
        _ = (await GitHosting.GitAsync(clone, "push", "origin", "HEAD:stolen")).Failed("error: 403");
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenTokenIsNoGood_IsUnauthorized(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var revoked = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        _ = await CloneAsync(proxy, "git/app", revoked);
        await fixture.Admin.RevokeAsync(revoked);
        var other = await fixture.Admin.IssueForProjectAsync(fixture.Secret, "read_repository");
        var expired = await fixture.Admin.IssueAsync($"projects/{fixture.App}", ["read_repository"], expiresAt: "2020-01-01");
        var packages = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_package_registry");
        var wrongSecret = token with { Secret = other.Secret };
        var wrongUsername = token with { Username = other.Username };
        foreach (var bad in new[] { revoked, other, expired, packages, wrongSecret, wrongUsername })
        {
            _ = (await ListAsync(proxy, "git/app", bad)).Failed(AccessDenied);
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenTokenHasNoRepositoryScope_IsForbidden(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_registry");
        _ = (await ListAsync(proxy, "git/app", token)).Failed("error: 403");
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenGroupTokenAndProjectIsThreeGroupsDeep_Succeeds(string proxy)
    {
        var token = await fixture.Admin.IssueForGroupAsync(fixture.Group, "read_repository");
        _ = await CloneAsync(proxy, "git/platform/backend/api", token);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenWikiAndTokenReads_Succeeds(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        var clone = await CloneAsync(proxy, "git/app.wiki", token);
        Assert.Equal("git/app.wiki", await File.ReadAllTextAsync(Path.Combine(clone, "README")));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenProjectDoesNotExist_IsNotFound(string proxy)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_repository");
        _ = (await ListAsync(proxy, "git/nothing", token)).Failed("not found");
        Assert.Equal(HttpStatusCode.NotFound, (await RefsAsync(proxy, "git/nothing", token)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Clone_WhenAnonymous_SucceedsForPublicProjectsOnly(string proxy)
    {
        _ = await CloneAsync(proxy, "git-open/app", token: null);
        _ = (await ListAsync(proxy, "git/app", token: null)).Failed("could not read Username");
        using var refusal = await RefsAsync(proxy, "git/app", token: null);
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.StatusCode);
        Assert.Equal("Basic realm=\"GitLab\"", refusal.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Push_WhenAnonymousAndProjectIsPublic_IsRefused(string proxy)
    {
        var clone = await CloneAsync(proxy, "git-open/app", token: null);
        await GitHosting.CommitAsync(clone);
        Assert.NotEqual(0, (await GitHosting.GitAsync(clone, "push", "origin", "HEAD:stolen")).ExitCode);
    }

    private async Task<string> CloneAsync(string proxy, string path, IssuedToken? token)
    {
        var clone = fixture.Hosting.NewDirectory();
        _ = (await GitHosting.GitAsync(clone, "clone", fixture.Repository(proxy, path, token), ".")).Succeeded();
        return clone;
    }

    private Task<ProgramResult> ListAsync(string proxy, string path, IssuedToken? token) =>
        GitHosting.GitAsync(fixture.Hosting.Root, "ls-remote", fixture.Repository(proxy, path, token));

    private async Task<HttpResponseMessage> RefsAsync(string proxy, string path, IssuedToken? token)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(fixture.Address(proxy), $"/{path}.git/info/refs?service=git-upload-pack"));
        if (token is not null)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }

        return await Http.SendAsync(request);
    }
}
