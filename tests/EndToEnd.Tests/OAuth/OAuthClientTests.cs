using System.Net;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.OAuth;

/// <summary>OAuth libraries that resource servers use.</summary>
public sealed class OAuthClientTests
{
    // Both libraries percent-encode what is not a letter or a digit, before they encode it for Basic.
    private const string ClientId = "resource-server_1.local";
    private const string ClientSecret = "secret-with_reserved+characters/and%20signs=~!*'()";

    [Fact]
    public async Task Libraries_WhenUsedAsResourceServersDo_SeeATokenAliveUntilItIsRevoked()
    {
        using var folder = new TemporaryDirectory();
        await using var silo = await Silo.StartReadyAsync(
            folder.Path, ("Grid__OAuth__Clients__0__Id", ClientId), ("Grid__OAuth__Clients__0__Secret", ClientSecret));
        using var admin = new AdminApi(silo.Address);
        var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
        var token = await admin.IssueAsync($"projects/{project}", ["read_registry", "read_repository"], expiresAt: "2100-01-01");
        var result = await NodeModules.RunAsync(
            "oauth.js",
            silo.Address.GetLeftPart(UriPartial.Authority),
            ClientId,
            ClientSecret,
            $"{token.Id}",
            token.Secret,
            "read_repository read_registry");
        Assert.EndsWith("OK\n", result.Succeeded().StandardOutput, StringComparison.Ordinal);

        using var shown = await admin.Http.GetAsync(token.Path);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains("\"revoked\":true", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
