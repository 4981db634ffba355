using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

[Collection(AuthorityCollection.Name)]
public sealed class RegistryTests(RegistryFixture fixture) : IClassFixture<RegistryFixture>
{
    private const string Denied = "denied";
    private const string WrongCredentials = "invalid username/password";

    [Fact]
    public async Task Skopeo_WhenTokenReadsAndWrites_PushesAndPulls()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        var image = fixture.Image("registry/web/skopeo:1");
        _ = (await fixture.Tools.PushAsync(token, image)).Succeeded();
        _ = (await fixture.Tools.PullAsync(token, image)).Succeeded();
        var tags = await ContainerTools.SkopeoAsync(
            "list-tags", "--tls-verify=false", "--creds", token.Credentials, "docker://" + fixture.Image("registry/web/skopeo"));
        Assert.Contains("\"1\"", tags.Succeeded().StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skopeo_WhenDeleting_IsDenied()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        var image = fixture.Image("registry/web/kept:1");
        _ = (await fixture.Tools.PushAsync(token, image)).Succeeded();
        var deletion = await ContainerTools.SkopeoAsync("delete", "--tls-verify=false", "--creds", token.Credentials, "docker://" + image);
        _ = deletion.Failed("UNAUTHORIZED");
        _ = (await fixture.Tools.PullAsync(token, image)).Succeeded();
    }

    [Fact]
    public async Task Podman_WhenTokenReadsAndWrites_LogsInPushesAndPulls()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        var image = fixture.Image("registry/web/podman:1");
        var credentials = fixture.Tools.CredentialsFile();
        _ = (await LoginAsync(token.Username, token.Secret, credentials)).Succeeded();
        _ = (await fixture.Tools.PodmanAsync("tag", ContainerTools.Image, image)).Succeeded();
        _ = (await fixture.Tools.PodmanAsync("push", "--tls-verify=false", "--authfile", credentials, image)).Succeeded();
        _ = (await fixture.Tools.PodmanAsync("rmi", image)).Succeeded();
        _ = (await fixture.Tools.PodmanAsync("pull", "--tls-verify=false", "--authfile", credentials, image)).Succeeded();
    }

    [Fact]
    public async Task Buildah_WhenTokenReadsAndWrites_LogsInPushesAndPulls()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        var image = fixture.Image("registry/web/buildah:1");
        var credentials = fixture.Tools.CredentialsFile();
        var login = await fixture.Tools.BuildahAsync(
            "login", "--tls-verify=false", "--authfile", credentials, "--username", token.Username, "--password", token.Secret, fixture.Host);
        _ = login.Succeeded();
        string[] connection = ["--tls-verify=false", "--authfile", credentials];
        _ = (await fixture.Tools.BuildahAsync(["push", .. connection, ContainerTools.Image, "docker://" + image])).Succeeded();
        _ = (await fixture.Tools.BuildahAsync(["pull", .. connection, image])).Succeeded();
    }

    [Fact]
    public async Task Push_WhenTokenOnlyReads_IsDenied()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry");
        var image = fixture.Image("registry/web/read-only:1");
        _ = (await fixture.Tools.PushAsync(token, image)).Failed(Denied);
        _ = (await fixture.Tools.PullAsync(token, await PushedImageAsync())).Succeeded();
    }

    [Fact]
    public async Task Push_WhenTokenOnlyWrites_IsDeniedToClientsThatLookForLayersFirst()
    {
        // GitLab's write_registry does not imply pull, and skopeo and buildah ask whether a layer is there before sending it.
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "write_registry");
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/web/write-only:1"))).Failed(Denied);
        _ = (await fixture.Tools.PullAsync(token, await PushedImageAsync())).Failed(Denied);
        _ = (await LoginAsync(token.Username, token.Secret, fixture.Tools.CredentialsFile())).Succeeded();
    }

    [Fact]
    public async Task PushAndPull_WhenProjectIsNotTheHolder_AreDenied()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Rival, "read_registry", "write_registry");
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/web/stolen:1"))).Failed(Denied);
        _ = (await fixture.Tools.PullAsync(token, await PushedImageAsync())).Failed(Denied);
    }

    [Fact]
    public async Task PushAndPull_WhenPathMerelyBeginsLikeTheProject_AreDenied()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/web-two/image:1"))).Failed(Denied);
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/image:1"))).Failed(Denied);
    }

    [Fact]
    public async Task Push_WhenGroupTokenAndProjectIsThreeGroupsDeep_Succeeds()
    {
        var token = await fixture.Admin.IssueForGroupAsync(fixture.Group, "read_registry", "write_registry");
        var image = fixture.Image("registry/platform/backend/api/service/image:1");
        _ = (await fixture.Tools.PushAsync(token, image)).Succeeded();
        _ = (await fixture.Tools.PullAsync(token, image)).Succeeded();
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry-rival/app:1"))).Failed(Denied);
    }

    [Fact]
    public async Task PushAndPull_WhenProjectIsArchived_OnlyPullSucceeds()
    {
        var project = await fixture.Admin.CreateProjectAsync("archived", fixture.Group);
        var token = await fixture.Admin.IssueForProjectAsync(project, "read_registry", "write_registry");
        var image = fixture.Image("registry/archived:1");
        _ = (await fixture.Tools.PushAsync(token, image)).Succeeded();
        await fixture.Admin.ArchiveAsync(project);
        _ = (await fixture.Tools.PullAsync(token, image)).Succeeded();
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/archived:2"))).Failed(Denied);
        _ = await fixture.Admin.PostAsync($"/api/v4/projects/{project}/unarchive");
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/archived:2"))).Succeeded();
    }

    [Theory]
    [InlineData("wrong secret")]
    [InlineData("wrong username")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    [InlineData("expired")]
    public async Task LoginAndPull_WhenTokenIsNoGood_AreRefused(string fault)
    {
        string[] scopes = ["read_registry", "write_registry"];
        var expiresAt = fault == "expired" ? "2020-01-01" : null;
        var token = await fixture.Admin.IssueAsync($"projects/{fixture.Web}", scopes, expiresAt: expiresAt);
        var used = fault switch
        {
            "wrong secret" => token with { Secret = token.Secret[..^1] + (token.Secret[^1] == 'A' ? 'B' : 'A') },
            "wrong username" => token with { Username = token.Username + "0" },
            _ => token,
        };
        if (fault == "revoked")
        {
            await fixture.Admin.RevokeAsync(token);
        }
        else if (fault == "deleted")
        {
            await fixture.Admin.DeleteAsync(token);
        }

        _ = (await LoginAsync(used.Username, used.Secret, fixture.Tools.CredentialsFile())).Failed(WrongCredentials);
        _ = (await fixture.Tools.PullAsync(used, await PushedImageAsync())).Failed(WrongCredentials);
    }

    [Fact]
    public async Task Push_WhenRevokedAfterItWorked_IsRefusedAtOnce()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/web/before:1"))).Succeeded();
        await fixture.Admin.RevokeAsync(token);
        _ = (await fixture.Tools.PushAsync(token, fixture.Image("registry/web/after:1"))).Failed(WrongCredentials);
    }

    [Fact]
    public async Task Login_WhenTokenHasNoRegistryScope_IsForbidden()
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_repository");
        _ = (await LoginAsync(token.Username, token.Secret, fixture.Tools.CredentialsFile())).Failed("403 (Forbidden)");
    }

    [Fact]
    public async Task Pull_WhenAnonymousAndProjectIsPublic_Succeeds()
    {
        var group = await fixture.Admin.CreateGroupAsync("registry-open", visibility: "public");
        var project = await fixture.Admin.CreateProjectAsync("web", group, "public");
        var token = await fixture.Admin.IssueForProjectAsync(project, "read_registry", "write_registry");
        var image = fixture.Image("registry-open/web:1");
        _ = (await fixture.Tools.PushAsync(token, image)).Succeeded();
        _ = (await ContainerTools.SkopeoAsync("inspect", "--tls-verify=false", "--no-creds", "docker://" + image)).Succeeded();
        var hidden = await ContainerTools.SkopeoAsync("inspect", "--tls-verify=false", "--no-creds", "docker://" + await PushedImageAsync());
        Assert.NotEqual(0, hidden.ExitCode);
    }

    private Task<ProgramResult> LoginAsync(string username, string secret, string credentials) =>
        fixture.Tools.PodmanAsync(
            "login", "--tls-verify=false", "--authfile", credentials, "--username", username, "--password", secret, fixture.Host);

    /// <summary>An image in <c>registry/web</c> that is there to be pulled.</summary>
    private async Task<string> PushedImageAsync()
    {
        var image = fixture.Image("registry/web/pushed:1");
        var token = await fixture.Admin.IssueForProjectAsync(fixture.Web, "read_registry", "write_registry");
        _ = (await fixture.Tools.PushAsync(token, image)).Succeeded();
        return image;
    }
}
