using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Silo.Http.OAuth;

namespace OrleansTokens.Silo.Tests.Http.OAuth;

public sealed class OAuthFaultTests
{
    [Theory]
    [InlineData("/oauth/introspect")]
    [InlineData("/oauth/revoke")]
    public async Task Endpoint_WhenTheAuthorityFails_IsUnavailable(string path)
    {
        var authority = new StubAuthority();
        await using var server = await StartAsync(authority, null);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(OAuthCalls.Encoded("c", OAuthCalls.Secret));
        using var form = new FormUrlEncodedContent([new("token", authority.Token.Reveal())]);

        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), form);

        Assert.Equal((503, TimeSpan.FromSeconds(1)), ((int)response.StatusCode, response.Headers.RetryAfter?.Delta));
        Assert.Equal("temporarily_unavailable", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]);
    }

    [Fact]
    public async Task Endpoint_WhenNoClientIsConfigured_LetsNobodyIn()
    {
        await using var server = await StubServer.StartAsync(
            new StubAuthority().Grains, static app => app.MapOAuth(), static services => services.AddGitLabApi(null).AddOAuth(new OAuthOptions()));
        using var client = new HttpClient { BaseAddress = server.Address };
        using var form = new FormUrlEncodedContent([new("token", "x"), new("client_id", ""), new("client_secret", "")]);

        using var response = await client.PostAsync(new Uri("/oauth/introspect", UriKind.Relative), form);

        Assert.Equal(401, (int)response.StatusCode);
    }

    [Fact]
    public async Task Metadata_WhenTheExternalUrlIsSet_TellsThatWhateverTheRequestSays()
    {
        await using var server = await StartAsync(new StubAuthority(), "https://tokens.example/authority");
        using var client = new HttpClient { BaseAddress = server.Address };

        var metadata = JsonNode.Parse(await client.GetStringAsync(new Uri(OAuthRoutes.MetadataPath, UriKind.Relative)))!;

        Assert.Equal("https://tokens.example/authority", (string?)metadata["issuer"]);
        Assert.Equal("https://tokens.example/authority/oauth/introspect", (string?)metadata["introspection_endpoint"]);
    }

    private static Task<StubServer> StartAsync(StubAuthority authority, string? externalUrl)
    {
        Assert.True(DeployTokens.Secret.TryCreate(OAuthCalls.Secret, out var secret));
        var options = new OAuthOptions { Clients = [new OAuthClient("c", secret, [OAuthRight.Introspect, OAuthRight.Revoke])] };
        return StubServer.StartAsync(
            authority.Grains, static app => app.MapOAuth(), services => services.AddGitLabApi(externalUrl).AddOAuth(options));
    }
}
