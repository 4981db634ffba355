using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §2.1 and §2.5: who may do what with deploy tokens.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class RoleTests(AuthorityFixture authority)
{
    private readonly Api _api = new(authority.Silo.Address);

    [Theory]
    [InlineData("projects", 30, 403, 403, 403)]
    [InlineData("projects", 40, 200, 201, 204)]
    [InlineData("projects", 50, 200, 201, 204)]
    [InlineData("groups", 30, 403, 403, 403)]
    [InlineData("groups", 40, 200, 403, 403)]
    [InlineData("groups", 50, 200, 201, 204)]
    [Reference("2.1", "projects: Maintainer; groups: list and get Maintainer, create and delete Owner")]
    public async Task DeployTokens_ByRole_AreAsTheTableSays(string kind, int level, int read, int create, int delete)
    {
        var group = await _api.GroupAsync();
        var id = kind == "groups" ? group : await _api.ProjectAsync(group);
        var member = await MemberAsync($"/groups/{group}", level);
        var token = await _api.TokenAsync($"{kind}/{id}");
        var tokens = $"/{kind}/{id}/deploy_tokens";

        Assert.Equal((read, read), ((await _api.GetAsync(tokens, member)).Status, (await _api.GetAsync($"{tokens}/{token["id"]}", member)).Status));
        Assert.Equal(create, (await _api.PostAsync(tokens, new { name = "t", scopes = "read_registry" }, member)).Status);
        Assert.Equal(delete, (await _api.DeleteAsync($"{tokens}/{token["id"]}", member)).Status);
    }

    [Fact]
    [Reference("2.1", "GET /deploy_tokens: administrators; others 403")]
    public async Task InstanceList_ForOthers_IsForbidden()
    {
        var answer = await _api.GetAsync("/deploy_tokens", (await UserAsync()).Token);
        Assert.Equal((403, """{"message":"403 Forbidden"}"""), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("private", 404)]
    [InlineData("internal", 403)]
    [InlineData("public", 403)]
    [Reference("2.5", "not readable by the caller 404, readable but role too low 403")]
    public async Task Holder_ToAnUnrelatedUser_IsToldByVisibility(string visibility, int status)
    {
        var user = await UserAsync();
        var project = await _api.ProjectAsync(visibility: visibility);
        Assert.Equal(status, (await _api.GetAsync($"/projects/{project}/deploy_tokens", user.Token)).Status);
        Assert.Equal(status, (await _api.GetAsync($"/groups/{await _api.GroupAsync(visibility: visibility)}/deploy_tokens", user.Token)).Status);
    }

    [Fact]
    [Reference("2.5", "a token that lacks the scope: 403 insufficient_scope with the scope; revoked: 401 invalid_token")]
    public async Task OperatorToken_OfTooLittleScopeOrDead_IsSaidSo()
    {
        var user = await UserAsync(admin: true, scopes: "read_api");
        var project = await _api.ProjectAsync();
        Assert.Equal(200, (await _api.GetAsync($"/projects/{project}/deploy_tokens", user.Token)).Status);
        var refused = await _api.PostAsync($"/projects/{project}/deploy_tokens", new { name = "t", scopes = "read_registry" }, user.Token);
        Assert.Equal((403, "insufficient_scope", "api"), (refused.Status, (string?)refused.Json["error"], (string?)refused.Json["scope"]));
        Assert.Equal(204, (await _api.DeleteAsync($"/users/{user.Id}/personal_access_tokens/{user.TokenId}")).Status);
        var dead = await _api.GetAsync("/user", user.Token);
        Assert.Equal((401, "invalid_token"), (dead.Status, (string?)dead.Json["error"]));
    }

    [Fact]
    [Reference("3.2", "projects in personal namespaces are reached by no group token; the special name works at the project only")]
    public async Task PersonalProject_IsReachedByItsOwnTokensOnly()
    {
        var user = await UserAsync();
        var made = await _api.PostAsync("/projects", new { name = "mine" }, user.Token);
        Assert.Equal((201, $"{user.Username}/mine"), (made.Status, (string?)made.Json["path_with_namespace"]));
        Assert.Equal(404, (await _api.GetAsync($"/groups/{user.Username}/deploy_tokens", user.Token)).Status);
        var own = await _api.PostAsync($"/projects/{made.Json["id"]}/deploy_tokens", new { name = "gitlab-deploy-token", scopes = "read_registry" }, user.Token);
        Assert.Equal(201, own.Status);
        var variables = await _api.GetAsync($"/projects/{made.Json["id"]}/ci/deploy_token_variables", user.Token);
        Assert.Equal((string?)own.Json["token"], (string?)variables.Json[1]!["value"]);
    }

    private async Task<string> MemberAsync(string holder, int level)
    {
        var user = await UserAsync();
        Assert.Equal(201, (await _api.PostAsync($"{holder}/members", new { user_id = user.Id, access_level = level })).Status);
        return user.Token;
    }

    private async Task<(long Id, string Username, long TokenId, string Token)> UserAsync(bool admin = false, string scopes = "api")
    {
        var username = Api.NewName("u");
        var user = await _api.PostAsync("/users", new { username, name = username, email = username + "@example.org", admin });
        Assert.True(user.Status == 201, user.Body);
        var token = await _api.PostAsync($"/users/{user.Json["id"]}/personal_access_tokens", new { name = "t", scopes = new[] { scopes } });
        Assert.True(token.Status == 201, token.Body);
        return ((long)user.Json["id"]!, username, (long)token.Json["id"]!, (string)token.Json["token"]!);
    }
}
