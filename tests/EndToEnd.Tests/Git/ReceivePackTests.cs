using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>The second line of defence: what git itself refuses if the authority ever let a push through.</summary>
[Collection(GitCollection.Name)]
public sealed class ReceivePackTests(GitFixture fixture)
{
    [Theory]
    [InlineData(GitProxy.Nginx)]
    [InlineData(GitProxy.Caddy)]
    [InlineData(GitProxy.HAProxy)]
    public async Task Push_WhenTheAuthorityAllowsEverything_IsRefusedByGit(string proxy)
    {
        using var directory = new TemporaryDirectory();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var authority = Loopback.Address(Loopback.FreePort());
        builder.WebHost.UseUrls(authority.GetLeftPart(UriPartial.Authority));
        await using var careless = builder.Build();
        careless.Run(static context =>
        {
            context.Response.Headers["X-Auth-User"] = "somebody";
            return Task.CompletedTask;
        });
        await careless.StartAsync();
        await using var started = await GitProxy.StartAsync(proxy, fixture.Backends with { Authority = authority }, directory);
        var clone = directory.Create("clone");

        _ = (await GitHosting.GitAsync(clone, "clone", "--quiet", $"http://{started.Address.Authority}/git/app.git", ".")).Succeeded();
        await GitHosting.CommitAsync(clone);

        _ = (await GitHosting.GitAsync(clone, "push", "origin", "HEAD:stolen")).Failed("error: 403");
    }
}
