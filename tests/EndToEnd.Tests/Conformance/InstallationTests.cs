using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §3.7, §3.8 and §5, at an authority of their own, because these are set for all of it.</summary>
public sealed class InstallationTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _data = new();
    private Silo _silo = null!;
    private Api _api = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await Silo.StartReadyAsync(_data.Path);
        _api = new Api(_silo.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    [Reference("3.7", "external authorization: packages ignore the token (401), path C 401, /jwt/auth 403 DENIED, dependency proxy 403, git private 404; a setting exempts")]
    public async Task ExternalAuthorization_WhenSwitchedOn_RefusesDeployTokens()
    {
        var group = await _api.GroupAsync();
        var project = await _api.ProjectAsync(group);
        var path = (string)(await _api.GetAsync($"/projects/{project}")).Json["path_with_namespace"]!;
        var token = await _api.IssueAsync($"groups/{group}", "read_repository", "read_registry", "write_registry", "read_package_registry");
        var basic = ("Authorization", token.Basic);

        Assert.Equal((200, 200, 200, 200, 200), await AllAsync());
        await SetAsync(new { external_authorization_service_enabled = true });
        Assert.Equal((403, 401, 401, 403, 403), await AllAsync());
        var git = await _api.ForwardAsync("GET", $"/{path}.git/info/refs?service=git-upload-pack", basic);
        Assert.Equal("not_found", git["X-Auth-Reason"]);
        Assert.Equal("DENIED", (string?)(await _api.JwtAsync("service=container_registry", token.Basic)).Json["errors"]![0]!["code"]);
        await SetAsync(new { allow_deploy_tokens_and_keys_with_external_authn = true });
        Assert.Equal((200, 200, 200, 200, 200), await AllAsync());

        async Task<(int Git, int PathB, int PathC, int Registry, int Proxy)> AllAsync() => (
            (await _api.ForwardAsync("GET", $"/{path}.git/info/refs?service=git-upload-pack", basic)).Status,
            (await _api.ForwardAsync("GET", $"/api/v4/projects/{project}/packages/pypi/simple/x/", basic)).Status,
            (await _api.ForwardAsync("GET", $"/api/v4/projects/{project}/packages/debian/dists/stable/Release", basic)).Status,
            (await _api.JwtAsync("service=container_registry", token.Basic)).Status,
            (await _api.JwtAsync("service=dependency_proxy", token.Basic)).Status);
    }

    [Fact]
    [Reference("3.8", "off by default; maxretry failures ban, right credentials too; a success before resets; gitlab-ci-token and no credentials do not count")]
    public async Task FailureBan_WhenSwitchedOn_RefusesTheSource()
    {
        var token = await _api.IssueAsync($"projects/{await _api.ProjectAsync()}", "read_registry");
        for (var i = 0; i < 31; i++)
        {
            Assert.Equal(401, await SignInAsync(Api.Basic("x", "wrong")));
        }

        await SetAsync(new
        {
            rack_attack_git_basic_auth_enabled = true,
            rack_attack_git_basic_auth_maxretry = 3,
            rack_attack_git_basic_auth_findtime = 60,
            rack_attack_git_basic_auth_bantime = 60,
        });
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(401, await SignInAsync(Api.Basic("gitlab-ci-token", "wrong")));
            Assert.Equal(403, await SignInAsync(null)); // Nobody may sign in without asking for something public.
        }

        Assert.Equal((401, 401), (await SignInAsync(Api.Basic("x", "wrong")), await SignInAsync(Api.Basic("x", "wrong"))));
        Assert.Equal(200, await SignInAsync(token.Basic));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(401, await SignInAsync(Api.Basic("x", "wrong")));
        }

        var banned = await _api.JwtAsync("service=container_registry", token.Basic);
        Assert.Equal(403, banned.Status);
        Assert.Contains("Too many failed authentication attempts from this IP", banned.Body, StringComparison.Ordinal);
        Assert.NotNull(banned["Retry-After"]);
    }

    [Fact]
    [Reference("5", "/admin/token: 200 without the secret, also of the revoked; 204 and revoked; 401, 403, 404, 422")]
    public async Task AdminToken_TellsAndRevokes()
    {
        var project = await _api.ProjectAsync();
        var token = await _api.IssueAsync($"projects/{project}", "read_registry");

        var told = await _api.PostAsync("/admin/token", new { token = token.Secret });
        Assert.Equal((200, token.Id), (told.Status, (long)told.Json["id"]!));
        Assert.Null(told.Json["token"]);
        Assert.Equal(204, (await _api.SendAsync(HttpMethod.Delete, "/admin/token", new { token = token.Secret })).Status);
        Assert.True((bool)(await _api.PostAsync("/admin/token", new { token = token.Secret })).Json["revoked"]!);
        Assert.Equal(401, (await _api.PostAsync("/admin/token", new { token = token.Secret }, token: null)).Status);
        var unknown = await _api.PostAsync("/admin/token", new { token = "gldt-aaaaaaaaaaaaaaaaaaaa" });
        Assert.Equal((404, """{"message":{"error":"Not found"}}"""), (unknown.Status, unknown.Body));
        var other = await _api.PostAsync("/admin/token", new { token = "aaaaaaaaaaaaaaaaaaaa" });
        Assert.Equal((422, """{"message":"Token type not supported."}"""), (other.Status, other.Body));
    }

    private async Task<int> SignInAsync(string? basic) => (await _api.JwtAsync("service=container_registry", basic)).Status;

    private async Task SetAsync(object settings)
    {
        var answer = await _api.PutAsync("/application/settings", settings);
        Assert.True(answer.Status == 200, answer.Body);
    }
}
