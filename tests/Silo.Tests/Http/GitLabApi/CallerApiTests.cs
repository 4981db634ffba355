using System.Globalization;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Who is let in where, and what everybody else is told.</summary>
public sealed class CallerApiTests(ApiHost host)
{
    private const string Unauthorized = """{"message":"401 Unauthorized"}""";
    private const string Forbidden = """{"message":"403 Forbidden"}""";

    [Theory]
    [InlineData("PRIVATE-TOKEN", ApiHost.AdministratorToken)]
    [InlineData("Authorization", "Bearer " + ApiHost.AdministratorToken)]
    public async Task User_WhenTheTokenIsRight_IsTheAdministrator(string header, string value)
    {
        var answer = await host.SendAsync(HttpMethod.Get, "/user", null, value, header);

        Assert.Equal((200, true), (answer.Status, (bool?)answer.Json["is_admin"]));
        Assert.Equal(200, (await host.GetAsync("/version?private_token=" + ApiHost.AdministratorToken, credential: null)).Status);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("administrator-of-the-tests ,x")]
    [InlineData("gldt-AQABCHxU1nAwGXhp_Y8A1MkF7Ha2JN7BK5xe")]
    public async Task AnyOperation_WhenTheTokenIsWrong_Is401(string token)
    {
        foreach (var target in new[] { "/user", "/groups", "/deploy_tokens", "/projects/1", "/groups/nothing/deploy_tokens" })
        {
            var answer = await host.GetAsync(target, token);
            Assert.Equal((401, Unauthorized), (answer.Status, answer.Body));
        }
    }

    [Theory]
    [InlineData("Authorization", "Basic eDp5")]
    [InlineData("Deploy-Token", "gldt-x")]
    [InlineData("JOB-TOKEN", "x")]
    public async Task AnyOperation_WhenAnotherKindOfCredentialIsSent_IsAnonymous(string header, string value)
    {
        var hidden = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());
        Assert.Equal(Unauthorized, (await host.SendAsync(HttpMethod.Get, "/user", null, value, header)).Body);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, $"/projects/{hidden}/deploy_tokens", null, value, header)).Status);
    }

    [Fact]
    public async Task DeployToken_WhenUsedAsAnOperatorToken_Is401()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var issued = await host.PostAsync($"/groups/{group}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");

        var answer = await host.GetAsync($"/groups/{group}", (string?)issued.Json["token"]);

        Assert.Equal((401, Unauthorized), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Anonymous_SeesWhatIsPublicAndNothingElse()
    {
        var open = await host.NewGroupAsync(ApiHost.NewName(), "public");
        var project = await host.NewProjectAsync(open, ApiHost.NewName(), "public");
        var inner = await host.NewProjectAsync(open, ApiHost.NewName(), "internal");
        var hidden = await host.NewProjectAsync(open, ApiHost.NewName());
        var token = (await host.NewTokenAsync($"projects/{project}")).ToString(CultureInfo.InvariantCulture);

        Assert.Equal(200, (await host.GetAsync($"/groups/{open}", null)).Status);
        Assert.Equal(200, (await host.GetAsync($"/projects/{project}", null)).Status);
        Assert.Equal(404, (await host.GetAsync($"/projects/{inner}", null)).Status);
        Assert.Equal(404, (await host.GetAsync($"/projects/{hidden}", null)).Status);
        Assert.Equal(404, (await host.GetAsync($"/projects/{hidden}/deploy_tokens", null)).Status);
        foreach (var answer in new[]
        {
            await host.GetAsync($"/projects/{project}/deploy_tokens", null),
            await host.GetAsync($"/projects/{project}/deploy_tokens/{token}", null),
            await host.PostAsync($"/projects/{project}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""", null),
            await host.DeleteAsync($"/projects/{project}/deploy_tokens/{token}", "", null),
            await host.GetAsync($"/groups/{open}/deploy_tokens", null),
        })
        {
            Assert.Equal((403, Forbidden), (answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task Anonymous_WhenParametersAreWrongToo_HearsOfTheParameters()
    {
        var answer = await host.PostAsync("/projects/1/deploy_tokens", "{}", credential: null);

        Assert.Equal((400, """{"error":"name is missing, scopes is missing"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Anonymous_WhereAnOperatorIsNeeded_Is401()
    {
        foreach (var answer in new[]
        {
            await host.GetAsync("/deploy_tokens", null),
            await host.GetAsync("/users", null),
            await host.GetAsync("/projects/1/members", null),
            await host.GetAsync("/signing_keys", null),
            await host.PostAsync("/groups", """{"name":"n","path":"n"}""", null),
            await host.PostAsync("/deploy_tokens/explain", """{"token_id":1,"action":"authenticate"}""", null),
            await host.DeleteAsync("/groups/1", "", null),
        })
        {
            Assert.Equal((401, Unauthorized), (answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task Head_WhereGetIsAnswered_IsAnsweredWithoutABody()
    {
        var answer = await host.SendAsync(HttpMethod.Head, "/deploy_tokens", null, ApiHost.AdministratorToken);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal("1", answer.Header("X-Page"));
    }

    [Fact]
    public async Task Secrets_WhateverIsAsked_AreNotLogged()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var issued = await host.PostAsync($"/groups/{group}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");
        var secret = (string)issued.Json["token"]!;
        await host.PostAsync("/deploy_tokens/explain", $$"""{"token":"{{secret}}","action":"authenticate"}""");
        await host.GetAsync($"/groups/{secret}?private_token={secret}", null);
        await host.GetAsync("/nothing?private_token=" + ApiHost.AdministratorToken, null);

        Assert.NotEmpty(host.Log);
        Assert.DoesNotContain(host.Log, line => line.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log, line => line.Contains(ApiHost.AdministratorToken, StringComparison.Ordinal));
    }
}
