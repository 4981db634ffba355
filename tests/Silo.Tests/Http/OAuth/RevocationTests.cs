using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Silo.Tests.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.OAuth;

public sealed class RevocationTests(ApiHost host)
{
    [Fact]
    public async Task Revoke_WhenItReturned_TheTokenIsDeadAndSaysSo()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var issued = await host.PostAsync($"/groups/{group}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");
        var token = OAuthCalls.Token((string)issued.Json["token"]!);

        var revoked = await host.RevokeAsync(token + "&token_type_hint=no_such_type");
        var shown = await host.GetAsync($"/deploy_tokens/{issued.Json["id"]}");
        var introspected = await host.IntrospectAsync(token);
        var again = await host.RevokeAsync(token);

        Assert.Equal((200, "", "no-store"), (revoked.Status, revoked.Body, revoked.Header("Cache-Control")));
        Assert.True((bool)shown.Json["revoked"]!);
        Assert.Equal("""{"active":false}""", introspected.Body);
        Assert.Equal((200, ""), (again.Status, again.Body));
        var view = await host.Services.GetRequiredService<DeployTokenAdministration>().GetTokenAsync(new TokenId((long)issued.Json["id"]!));
        Assert.Equal("Revoked by the OAuth client gateway-1.", view!.Revocation!.Reason);
        Assert.DoesNotContain(host.Log, line => line.Contains((string)issued.Json["token"]!, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("gldt-aaaaaaaaaaaaaaaaaaaa")]
    [InlineData("eyJ.not.a+jwt")]
    [InlineData("é")]
    [InlineData("\0")]
    public async Task Revoke_OfWhatIsUnknown_Succeeds(string token)
    {
        var answer = await host.RevokeAsync(OAuthCalls.Token(token));

        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Revoke_OfARegistryToken_SaysThatItCannotBe()
    {
        var answer = await host.RevokeAsync("token=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl");

        Assert.Equal((400, "unsupported_token_type"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task Revoke_WithoutAToken_IsRefused()
    {
        var answer = await host.RevokeAsync("token_type_hint=access_token");

        Assert.Equal((400, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
    }
}
