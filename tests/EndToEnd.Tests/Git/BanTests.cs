using System.Net.Http.Json;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>Bans after failed attempts, where all that the authority sees of a client is what a proxy tells.</summary>
[Collection(GitCollection.Name)]
public sealed class BanTests(GitFixture fixture)
{
    private const string Attacker = "127.0.0.5";
    private const string Bystander = "127.0.0.6";
    private const string Fetch = "/git/app.git/info/refs?service=git-upload-pack";
    private const string Locks = "/git/app.git/info/lfs/locks";
    private const string Refusal = "Too many failed authentication attempts from this IP";

    [Theory]
    [InlineData(GitProxy.Nginx)]
    [InlineData(GitProxy.Caddy)]
    [InlineData(GitProxy.HAProxy)]
    public async Task Ban_BehindAProxy_ReachesTheClientThatFailedAndNobodyElse(string proxy)
    {
        using var directory = new TemporaryDirectory();
        await using var silo = await Silo.StartReadyAsync(directory.Create("data"), ("Grid__Http__TrustedProxies__0", "127.0.0.1"));
        await using var started = await GitProxy.StartAsync(proxy, fixture.Backends with { Authority = silo.Address }, directory);
        using var admin = new AdminApi(silo.Address);
        var token = await admin.IssueForProjectAsync(await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("git")), "read_repository");
        await SetAsync(admin, new { rack_attack_git_basic_auth_enabled = true, rack_attack_git_basic_auth_maxretry = 3 });
        for (var i = 0; i < 3; i++)
        {
            // Whatever a client says of itself, it is not believed.
            string[] headers = [RawHttp.Basic(token with { Secret = "wrong" }), "X-Forwarded-For: " + Bystander];
            Assert.Equal(401, (await RawHttp.SendAsync(started.Address, "GET", Fetch, headers, from: Attacker)).Status);
        }

        await RefusesAsync(403, Fetch);
        await RefusesAsync(403, Locks);
        Assert.Equal(200, (await AskAsync(Fetch, Bystander)).Status);
        await SetAsync(admin, new { rack_attack_git_basic_auth_status = 429 });
        await RefusesAsync(429, Fetch);
        await RefusesAsync(429, Locks);
        Assert.Equal(200, (await AskAsync(Fetch, Bystander)).Status);

        async Task RefusesAsync(int status, string target)
        {
            var answer = await AskAsync(target, Attacker);
            Assert.Equal(status, answer.Status);
            Assert.Contains(Refusal, answer.Text, StringComparison.Ordinal);
            Assert.Contains("retry-after: ", answer.Text, StringComparison.OrdinalIgnoreCase);
        }

        Task<RawAnswer> AskAsync(string target, string from) =>
            RawHttp.SendAsync(started.Address, "GET", target, [RawHttp.Basic(token)], from: from);
    }

    private static async Task SetAsync(AdminApi admin, object settings)
    {
        using var answer = await admin.Http.PutAsJsonAsync("/api/v4/application/settings", settings);
        answer.EnsureSuccessStatusCode();
    }
}
