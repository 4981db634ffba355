using System.Text.Json;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Silo.Http.LeakReports;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

public sealed class LeakReportFaultTests
{
    [Fact]
    public async Task Report_WhenTheAuthorityFails_IsNeverAnsweredWithSuccess()
    {
        // Its token is known to the gateway, and its grain cannot be reached.
        var authority = new StubAuthority();
        Assert.True(GitHubKey.TryCreate(LeakReportCalls.KeyId, LeakReportCalls.GitHub.ExportSubjectPublicKeyInfoPem(), out var key));
        Assert.True(DeployTokens.Secret.TryCreate(LeakReportCalls.GitLabToken, out var token));
        await using var server = await StartAsync(authority, new LeakReportOptions { GitHubKeys = [key], GitLabToken = token });
        using var client = new HttpClient { BaseAddress = server.Address };
        var body = JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            new { token = "unknown", type = LeakReportCalls.GitLabType },
            new { token = authority.Token.Reveal(), type = LeakReportCalls.GitLabType },
        });

        var gitHub = await client.GitHubReportsAsync(body);
        var gitLab = await client.PostAsync(LeakReportRoutes.GitLabPath, body, ("Authorization", LeakReportCalls.GitLabToken));

        foreach (var answer in new[] { gitHub, gitLab })
        {
            Assert.Equal((503, "60"), (answer.Status, answer.Header("Retry-After")));
            Assert.DoesNotContain(authority.Token.Reveal(), answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Report_WhenGitHubsKeysCannotBeFetched_IsUnavailable()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var nobody = new Uri($"http://{listener.LocalEndpoint}/keys");
        listener.Stop();
        await using var server = await StartAsync(new StubAuthority(), new LeakReportOptions { GitHubKeysUrl = nobody });
        using var client = new HttpClient { BaseAddress = server.Address };

        Assert.Equal(503, (await client.GitHubReportsAsync("[]"u8.ToArray())).Status);
    }

    [Fact]
    public async Task Addresses_WhenNobodyIsConfigured_AreNotThere()
    {
        await using var server = await StartAsync(new StubAuthority(), new LeakReportOptions());
        using var client = new HttpClient { BaseAddress = server.Address };
        foreach (var path in new[] { LeakReportRoutes.GitHubPath, LeakReportRoutes.GitLabPath, LeakReportRoutes.GitLabTypesPath })
        {
            Assert.Equal(404, (await client.PostAsync(path, "[]"u8.ToArray())).Status);
        }
    }

    private static Task<StubServer> StartAsync(StubAuthority authority, LeakReportOptions options) => StubServer.StartAsync(
        authority.Grains, static app => app.MapLeakReports(), services => services.AddGitLabApi(null).AddLeakReports(options));
}
