using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Silo.Tests.Http.GitLabApi;
using static OrleansTokens.Silo.Tests.Http.LeakReports.LeakReportCalls;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

public sealed class GitHubReportTests(ApiHost host)
{
    [Fact]
    public async Task Report_WhenAnswered_EveryTokenInItIsDeadAndSaysWhere()
    {
        var leaked = await IssueAsync();
        var other = await IssueAsync();

        var answer = await host.GitHubReportsAsync(JsonSerializer.Serialize(new object[]
        {
            new { source = "commit", token = leaked.Secret, type = "acme_token", url = "https://u:p@github.com/octocat/x/blob/1/a b.txt?t=1#L1" },
            new { source = "commit", token = "gldt-aaaaaaaaaaaaaaaaaaaa", type = "acme_token", url = "" },
            new { token = leaked.Secret, type = "again", url = "https://example.com/second" },
        }));

        Assert.Equal((200, "no-store"), (answer.Status, answer.Header("Cache-Control")));
        Assert.Equal(
            $"[{Feedback(leaked.Secret, "acme_token", "true_positive")},{Feedback("gldt-aaaaaaaaaaaaaaaaaaaa", "acme_token", "false_positive")},"
            + $"{Feedback(leaked.Secret, "again", "true_positive")}]",
            answer.Body);
        var token = await GetAsync(leaked.Id);
        Assert.Equal(
            "Reported as leaked by GitHub secret scanning in commit at https://github.com/octocat/x/blob/1/a%20b.txt.",
            token!.Revocation!.Reason);
        Assert.True(token.Revocation.By.IsNone);
        Assert.Null((await GetAsync(other.Id))!.Revocation);
        Assert.DoesNotContain(leaked.Secret, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Log, line => line.Contains(leaked.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_WhenRepeated_ChangesNothingAndSaysTheSame()
    {
        var leaked = await IssueAsync();
        string Report(string url) => JsonSerializer.Serialize(new[] { new { token = leaked.Secret, type = "t", url } });

        var first = await host.GitHubReportsAsync(Report("https://example.com/first"));
        var second = await host.GitHubReportsAsync(Report("https://example.com/second"));

        Assert.Equal((200, first.Body), (second.Status, second.Body));
        Assert.Contains("/first", (await GetAsync(leaked.Id))!.Revocation!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfATokenThatWasDestroyed_IsStillATruePositive()
    {
        var leaked = await IssueAsync();
        await host.DeleteAsync($"/deploy_tokens/{leaked.Id}");

        var answer = await host.GitHubReportsAsync(JsonSerializer.Serialize(new[] { new { token = leaked.Secret, type = "t" } }));

        Assert.Equal((200, "true_positive"), (answer.Status, (string?)answer.Json[0]!["label"]));
    }

    [Fact]
    public async Task Report_WhenNotSignedByGitHub_RevokesNothing()
    {
        var token = await IssueAsync();
        var body = JsonSerializer.SerializeToUtf8Bytes(new[] { new { token = token.Secret, type = "t" } });
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var answers = new[]
        {
            await host.Client.GitHubReportsAsync(body, keyId: null),
            await host.Client.GitHubReportsAsync(body, keyId: "unknown"),
            await host.Client.GitHubReportsAsync(body, signature: Sign(body, stranger)),
            await host.Client.GitHubReportsAsync(body, signature: Sign([.. body, (byte)'\n'])),
            await host.Client.GitHubReportsAsync([.. body, (byte)' '], signature: Sign(body)),
            await host.Client.GitHubReportsAsync(body, signature: "%%%"),
            await host.Client.GitHubReportsAsync(body, signature: Convert.ToBase64String([1, 2, 3])),
            await host.Client.GitHubReportsAsync(body, signature: new string('A', 4000)),
            await host.Client.PostAsync("/leak-reports/github", body),
            await host.Client.PostAsync("/leak-reports/github", "[{"u8.ToArray()),
        };

        Assert.All(answers, answer => Assert.Equal((403, """{"message":"This is not signed by GitHub."}"""), (answer.Status, answer.Body)));
        Assert.Null((await GetAsync(token.Id))!.Revocation);
    }

    [Theory]
    [InlineData("{", "The body is not valid JSON.")]
    [InlineData("", "The body is not valid JSON.")]
    [InlineData("{}", "The body is not a JSON list.")]
    [InlineData("[1]", "[0].token must be text.")]
    [InlineData("""[{"token":"a","type":"t"},{"type":"t"}]""", "[1].token must be text.")]
    [InlineData("""[{"token":7,"type":"t"}]""", "[0].token must be text.")]
    [InlineData("""[{"token":"\ud800","type":"t"}]""", "[0].token must be text.")]
    [InlineData("""[{"token":"a"}]""", "[0].type must be text.")]
    public async Task Report_WhenItCannotBeRead_NamesWhatIsWrong(string json, string expected)
    {
        var answer = await host.GitHubReportsAsync(json);

        Assert.Equal((400, expected), (answer.Status, (string?)answer.Json["message"]));
    }

    [Fact]
    public async Task Report_WhenLongOrTooLong_IsTakenUpToItsLimits()
    {
        string Many(int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"token":"gldt-{{i}}","type":"t"}"""))}]";

        Assert.Equal("[]", (await host.GitHubReportsAsync("[]")).Body);
        Assert.Equal(5000, (await host.GitHubReportsAsync(Many(5000))).Json.AsArray().Count);
        Assert.Equal(400, (await host.GitHubReportsAsync(Many(5001))).Status);
        Assert.Equal(413, (await host.GitHubReportsAsync($"[{new string(' ', 1024 * 1024)}]")).Status);
    }

    [Fact]
    public async Task AnyToken_InAReport_IsAnsweredWithoutAFault() => await Gen.String[0, 60].Array[0, 5].SampleAsync(
        async tokens =>
        {
            var answer = await host.GitHubReportsAsync(JsonSerializer.Serialize(
                tokens.Select(token => new { token = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(token)), type = token, url = token, source = token })));
            Assert.Equal(200, answer.Status);
            Assert.All(answer.Json.AsArray(), entry => Assert.Equal("false_positive", (string?)entry!["label"]));
        },
        iter: 200,
        threads: 1);

    private static string Feedback(string token, string type, string label) =>
        $$"""{"token_hash":"{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}}","token_type":"{{type}}","label":"{{label}}"}""";

    private Task<DeployTokenView?> GetAsync(long id) =>
        host.Services.GetRequiredService<DeployTokenAdministration>().GetTokenAsync(new TokenId(id));

    private async Task<(long Id, string Secret)> IssueAsync()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var issued = await host.PostAsync($"/groups/{group}/deploy_tokens", """{"name":"n","scopes":"read_package_registry"}""");
        return ((long)issued.Json["id"]!, (string)issued.Json["token"]!);
    }
}
