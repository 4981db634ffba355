using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

[Collection(GitCollection.Name)]
public sealed class UnavailableAuthorityTests(GitFixture fixture)
{
    [Theory]
    [InlineData(GitProxy.Nginx, 500)]
    [InlineData(GitProxy.Caddy, 502)]
    [InlineData(GitProxy.HAProxy, 503)]
    public async Task Request_WhenAuthorityCannotBeAsked_IsAnErrorEvenForAPublicProject(string proxy, int status)
    {
        using var directory = new TemporaryDirectory();
        var nobody = Loopback.Address(Loopback.FreePort());
        await using var started = await GitProxy.StartAsync(proxy, fixture.Backends with { Authority = nobody }, directory);
        foreach (var path in new[] { "/git/app.git/info/refs?service=git-upload-pack", "/git-open/app.git/info/refs?service=git-upload-pack" })
        {
            var answer = await RawHttp.SendAsync(started.Address, "GET", path, []);
            Assert.Equal(status, answer.Status);
            Assert.DoesNotContain("refs/heads", answer.Text, StringComparison.Ordinal);
        }
    }
}
