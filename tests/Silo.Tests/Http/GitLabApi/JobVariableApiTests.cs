namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Reference §4 at <c>/projects/:id/ci/deploy_token_variables</c>.</summary>
public sealed class JobVariableApiTests(ApiHost host)
{
    [Fact]
    public async Task Reading_WhenTheProjectHasTheToken_GivesBothVariables_AndShowsInTheAudit()
    {
        var project = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());
        var made = await host.PostAsync(
            $"/projects/{project}/deploy_tokens", """{"name":"gitlab-deploy-token","username":"ci","scopes":["read_registry"]}""");
        var secret = (string)made.Json["token"]!;

        var answer = await host.GetAsync($"/projects/{project}/ci/deploy_token_variables");
        var audit = await host.GetAsync($"/projects/{project}/audit_events");

        Assert.Equal(
            (200, $$"""[{"key":"CI_DEPLOY_USER","value":"ci","masked":false,"public":true},{"key":"CI_DEPLOY_PASSWORD","value":"{{secret}}","masked":true,"public":false}]"""),
            (answer.Status, answer.Body));
        var record = Assert.Single(audit.Json.AsArray())!;
        Assert.Equal("deploy_token_variables_read", (string?)record["event_name"]);
        Assert.Equal((long)made.Json["id"]!, (long?)record["details"]!["target_id"]);
        Assert.Equal((project, "Project"), ((long)record["entity_id"]!, (string)record["entity_type"]!));
        Assert.DoesNotContain(secret, audit.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Log, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reading_WhenThereIsNoSuchToken_GivesNone()
    {
        var project = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());
        var answer = await host.GetAsync($"/projects/{project}/ci/deploy_token_variables");
        Assert.Equal((200, "[]"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("private", 404)]
    [InlineData("public", 403)]
    public async Task Reading_WithoutACredential_IsRefused(string visibility, int expected)
    {
        var group = await host.NewGroupAsync(ApiHost.NewName(), visibility);
        var project = await host.NewProjectAsync(group, ApiHost.NewName(), visibility);
        Assert.Equal(expected, (await host.GetAsync($"/projects/{project}/ci/deploy_token_variables", null)).Status);
        Assert.Equal(expected, (await host.GetAsync($"/projects/{project}/audit_events", null)).Status);
    }
}
