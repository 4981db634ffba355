using System.Text.Json;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class ExplainApiTests(ApiHost host)
{
    [Fact]
    public async Task Explain_WhenAllowed_ShowsWhatItRestsOn()
    {
        var (path, project, token, id) = await NewTokenAsync();

        var byToken = await AskAsync(new { token, username = $"gitlab+deploy-token-{id}", action = "pull_image", resource = path + "/image" });
        var byId = await AskAsync(new { token_id = id, action = "pull_image", resource = project });

        foreach (var answer in new[] { byToken, byId })
        {
            Assert.Equal((200, true, "none"), (answer.Status, (bool?)answer.Json["allowed"], (string?)answer.Json["reason"]));
            Assert.Equal(id, (long?)answer.Json["deploy_token"]!["id"]);
            Assert.Equal(("project", project), ((string?)answer.Json["holder"]!["kind"], (long?)answer.Json["holder"]!["id"]));
            Assert.Equal((project, path), ((long?)answer.Json["resource"]!["id"], (string?)answer.Json["resource"]!["full_path"]));
            Assert.All(answer.Json["facts"]!.AsArray(), fact => Assert.True((bool)fact!["passed"]!));
            Assert.DoesNotContain(token, answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Explain_OfPackages_AsksAboutAProjectOrAboutAGroupAsAWhole()
    {
        var (top, sub) = (ApiHost.NewName("g"), ApiHost.NewName("s"));
        var (topId, project) = (await host.NewGroupAsync(top), ApiHost.NewName("p"));
        var subId = (long)(await host.PostAsync("/groups", $$"""{"name":"s","path":"{{sub}}","parent_id":{{topId}}}""")).Json["id"]!;
        await host.NewProjectAsync(subId, project);
        var issued = await host.PostAsync($"/groups/{topId}/deploy_tokens", """{"name":"n","scopes":"write_package_registry"}""");
        var id = (long)issued.Json["id"]!;

        var group = await AskAsync(new { token_id = id, action = "read_group_packages", resource = top });
        var byId = await AskAsync(new { token_id = id, action = "read_group_packages", resource = topId });
        var inProject = await AskAsync(new { token_id = id, action = "write_package", resource = $"{top}/{sub}/{project}" });

        Assert.True((bool?)group.Json["allowed"]);
        Assert.Equal(("group", topId, top), Resource(group));
        Assert.Equal(("group", topId, top), Resource(byId));
        Assert.True((bool?)inProject.Json["allowed"]);
        Assert.Equal("project", Resource(inProject).Kind);
        Assert.Equal("holder_not_this_group", await ReasonAsync(new { token_id = id, action = "read_group_packages", resource = $"{top}/{sub}" }));
        Assert.Equal("action_never_granted", await ReasonAsync(new { token_id = id, action = "write_group_packages", resource = top }));
        Assert.Equal("resource_not_found", await ReasonAsync(new { token_id = id, action = "read_package", resource = $"{top}/{sub}" }));

        static (string? Kind, long? Id, string? Path) Resource(ApiAnswer answer) => answer.Json["resource"] is { } at
            ? ((string?)at["kind"], (long?)at["id"], (string?)at["full_path"])
            : default;
    }

    [Fact]
    public async Task Explain_WhenRefused_NamesTheReason()
    {
        var (path, _, token, id) = await NewTokenAsync();

        Assert.Equal("scope_missing", await ReasonAsync(new { token, action = "push_image", resource = path }));
        Assert.Equal("username_mismatch", await ReasonAsync(new { token, username = "x", action = "pull_image", resource = path }));
        Assert.Equal("resource_not_found", await ReasonAsync(new { token, action = "pull_image", resource = "no/where" }));
        Assert.Equal("credential_forged", await ReasonAsync(new { token = Damaged(token), action = "authenticate" }));
        Assert.Equal("token_unknown", await ReasonAsync(new { token = "of somebody else", action = "authenticate" }));
        await host.PostAsync($"/deploy_tokens/{id}/revoke");
        Assert.Equal("token_revoked", await ReasonAsync(new { token_id = id, action = "pull_image", resource = path }));
    }

    [Theory]
    [InlineData("{}", "action is missing, token, token_id are missing, exactly one parameter must be provided")]
    [InlineData("""{"token":"a","token_id":1,"action":"authenticate"}""", "token, token_id are mutually exclusive")]
    [InlineData("""{"token":"a","action":"fly"}""", "action does not have a valid value")]
    [InlineData("""{"token":"a","action":"pull_image"}""", "resource is missing")]
    [InlineData("""{"token":"a","action":"pull_image","resource":"acme"}""", "resource is invalid")]
    [InlineData("""{"token":"a","action":"pull_image","resource":"-1"}""", "resource is invalid")]
    [InlineData("""{"token":"a","action":"pull_image","resource":"a//b"}""", "resource is invalid")]
    [InlineData("""{"token":"","action":"authenticate"}""", "token is invalid")]
    public async Task Explain_WhenAskedWrongly_SaysWhat(string json, string expected)
    {
        var answer = await host.PostAsync("/deploy_tokens/explain", json);

        Assert.Equal((400, $$"""{"error":"{{expected}}"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Explain_WhenTheTokenIdIsNone_Is404()
    {
        foreach (var id in new[] { 0, -1, long.MaxValue })
        {
            Assert.Equal(404, (await AskAsync(new { token_id = id, action = "authenticate" })).Status);
        }
    }

    private static string Damaged(string token) => token[..^1] + (token[^1] == 'A' ? 'B' : 'A');

    private async Task<string?> ReasonAsync(object question)
    {
        var answer = await AskAsync(question);
        Assert.Equal((200, false), (answer.Status, (bool?)answer.Json["allowed"]));
        return (string?)answer.Json["reason"];
    }

    private Task<ApiAnswer> AskAsync(object question) => host.PostAsync("/deploy_tokens/explain", JsonSerializer.Serialize(question));

    private async Task<(string Path, long Project, string Token, long Id)> NewTokenAsync()
    {
        var (group, name) = (ApiHost.NewName("g"), ApiHost.NewName("p"));
        var project = await host.NewProjectAsync(await host.NewGroupAsync(group), name);
        var issued = await host.PostAsync($"/projects/{project}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");
        return ($"{group}/{name}", project, (string)issued.Json["token"]!, (long)issued.Json["id"]!);
    }
}
