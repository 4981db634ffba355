using System.Text.Json;
using OrleansTokens.Silo.Tests.Http.GitLabApi;
using static OrleansTokens.Silo.Tests.Http.LeakReports.LeakReportCalls;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

public sealed class GitLabReportTests(ApiHost host)
{
    [Fact]
    public async Task Report_WhenAnswered_EveryTokenInItIsDead()
    {
        var leaked = await IssueAsync();
        var json = JsonSerializer.Serialize(new[]
        {
            new { type = GitLabType, token = leaked.Secret, location = "https://gitlab.example/a/b/blob/c/d.java" },
            new { type = GitLabType, token = "unknown", location = "" },
        });

        var answer = await host.GitLabReportsAsync(json);
        var shown = await host.GetAsync($"/deploy_tokens/{leaked.Id}");
        var again = await host.GitLabReportsAsync(json);

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        Assert.True((bool)shown.Json["revoked"]!);
        Assert.Equal(204, again.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("Bearer " + GitLabToken)]
    [InlineData(GitLabToken + "x")]
    public async Task Report_ByAnybodyElse_RevokesNothing(string? token)
    {
        var other = await IssueAsync();
        var json = JsonSerializer.Serialize(new[] { new { type = GitLabType, token = other.Secret } });

        var answer = await host.GitLabReportsAsync(json, token);
        var unreadable = await host.GitLabReportsAsync("{", token);
        var shown = await host.GetAsync($"/deploy_tokens/{other.Id}");

        Assert.Equal((401, 401), (answer.Status, unreadable.Status));
        Assert.NotEqual("absent", answer.Header("WWW-Authenticate"));
        Assert.False((bool)shown.Json["revoked"]!);
    }

    [Fact]
    public async Task Report_WithATypeThatIsNotRevokedHere_IsRefusedWhole()
    {
        var token = await IssueAsync();

        var answer = await host.GitLabReportsAsync(JsonSerializer.Serialize(new[]
        {
            new { type = GitLabType, token = token.Secret }, new { type = "gitleaks_rule_id_aws", token = "x" },
        }));
        var shown = await host.GetAsync($"/deploy_tokens/{token.Id}");

        Assert.Equal(
            (400, "[1].type is not a type of secrets that is revoked here."), (answer.Status, (string?)answer.Json["message"]));
        Assert.False((bool)shown.Json["revoked"]!);
    }

    [Fact]
    public async Task Types_WhenAskedByGitLab_AreTold()
    {
        Assert.Equal((200, $$"""{"types":["{{GitLabType}}"]}"""), await TypesAsync(GitLabToken));
        Assert.Equal(401, (await TypesAsync(null)).Status);
        Assert.Equal(401, (await TypesAsync("wrong")).Status);
    }

    [Theory]
    [InlineData("PUT", "/leak-reports/gitlab/v1/revoke_tokens")]
    [InlineData("GET", "/leak-reports/gitlab/v1/revoke_tokens")]
    [InlineData("POST", "/leak-reports/gitlab/v1/revocable_token_types")]
    [InlineData("GET", "/leak-reports/github")]
    public async Task Address_ByAnotherMethod_Is405(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var response = await host.Client.SendAsync(request);

        Assert.Equal(405, (int)response.StatusCode);
    }

    private async Task<(int Status, string Body)> TypesAsync(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/leak-reports/gitlab/v1/revocable_token_types", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var response = await host.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<(long Id, string Secret)> IssueAsync()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var issued = await host.PostAsync($"/groups/{group}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");
        return ((long)issued.Json["id"]!, (string)issued.Json["token"]!);
    }
}
