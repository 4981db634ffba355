using System.Text;
using System.Text.Json;
using CsCheck;
using OrleansTokens.Silo.Tests.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.OAuth;

public sealed class IntrospectionTests(ApiHost host)
{
    private const string Inactive = """{"active":false}""";

    [Fact]
    public async Task Introspect_OfALiveToken_SaysWhatItIs()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var project = await host.NewProjectAsync(group, ApiHost.NewName());
        var ofProject = await IssueAsync(
            $"projects/{project}", new { name = "n", username = "bot", scopes = "write_registry,read_repository", expires_at = "2099-01-01" });
        var ofGroup = await IssueAsync($"groups/{group}", new { name = "n", scopes = "read_package_registry" });

        var first = await host.IntrospectAsync(OAuthCalls.Token(ofProject.Secret));
        var second = await host.IntrospectAsync(OAuthCalls.Token(ofGroup.Secret) + "&token_type_hint=refresh_token&resource=x");

        Assert.Equal((200, "no-store", "application/json; charset=utf-8"), (
            first.Status, first.Header("Cache-Control"), first.ContentHeaders.ContentType?.ToString()));
        var iat = first.Json["iat"]!.GetValue<long>();
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(iat), TimeProvider.System.GetUtcNow().AddMinutes(-10), TimeProvider.System.GetUtcNow());
        var issuer = host.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');
        Assert.Equal(
            "{\"active\":true,\"scope\":\"read_repository write_registry\",\"username\":\"bot\",\"token_type\":\"Bearer\",\"exp\":4070908800,"
            + $"\"iat\":{iat},\"sub\":\"deploy-token-{ofProject.Id}\",\"iss\":\"{issuer}\",\"project_id\":{project}}}",
            first.Body);
        Assert.Equal("read_package_registry", (string?)second.Json["scope"]);
        Assert.Null(second.Json["exp"]);
        Assert.Equal((group, null), ((long?)second.Json["group_id"], (long?)second.Json["project_id"]));
        Assert.DoesNotContain(ofProject.Secret, first.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Introspect_OfWhatIsDeadOrUnknown_SaysNothingElse()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var expired = await IssueAsync($"groups/{group}", new { name = "n", scopes = "read_registry", expires_at = "2001-01-01" });
        var revoked = await IssueAsync($"groups/{group}", new { name = "n", scopes = "read_registry" });
        var deleted = await IssueAsync($"groups/{group}", new { name = "n", scopes = "read_registry" });
        var orphaned = await OrphanedAsync();
        var other = await host.NewGroupAsync(ApiHost.NewName());
        var revokedWithAll = await IssueAsync($"groups/{other}", new { name = "n", scopes = "read_registry" });
        await host.PostAsync($"/groups/{other}/deploy_tokens/revoke");
        await host.PostAsync($"/deploy_tokens/{revoked.Id}/revoke");
        await host.DeleteAsync($"/deploy_tokens/{deleted.Id}");

        string[] dead =
        [
            expired.Secret, revoked.Secret, revokedWithAll.Secret, deleted.Secret, orphaned, "gldt-aaaaaaaaaaaaaaaaaaaa", "é", "日本", "\0", "a\0b", "x y", " ",
            ApiHost.AdministratorToken, "eyJhbGciOiJub25lIn0.e30.", new string('x', 1024), new string('x', 1025), new string('x', 900_000),
        ];
        foreach (var token in dead)
        {
            var answer = await host.IntrospectAsync(OAuthCalls.Token(token));
            Assert.Equal((200, Inactive), (answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task Introspect_WhenTheTokenIsRevokedOrExpires_ChangesItsAnswerAtOnce()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var token = await IssueAsync($"groups/{group}", new { name = "n", scopes = "read_registry" });

        Assert.True((bool)(await host.IntrospectAsync(OAuthCalls.Token(token.Secret))).Json["active"]!);
        await host.PostAsync($"/deploy_tokens/{token.Id}/revoke");
        Assert.Equal(Inactive, (await host.IntrospectAsync(OAuthCalls.Token(token.Secret))).Body);
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("token=", "missing")]
    [InlineData("token_type_hint=access_token", "missing")]
    [InlineData("token=a&token=a", "repeated")]
    [InlineData("token=a&token_type_hint=b&token_type_hint=b", "repeated")]
    [InlineData("token=%4", "form")]
    [InlineData("%zz=1&token=a", "form")]
    public async Task Introspect_WhenTheFormCannotBe_SaysWhy(string form, string word)
    {
        var answer = await host.IntrospectAsync(form);

        Assert.Equal((400, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
        Assert.Contains(word, (string?)answer.Json["error_description"], StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task Introspect_WhenTheTokenIsInTheAddress_DoesNotReadItThere()
    {
        var answer = await host.PostFormAsync(
            "/oauth/introspect?token=a", [], OAuthCalls.Encoded(OAuthCalls.Gateway, OAuthCalls.Secret));

        Assert.Equal((400, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Theory]
    [InlineData("application/json", "{\"token\":\"a\"}")]
    [InlineData("text/plain", "token=a")]
    [InlineData("multipart/form-data; boundary=b", "--b--")]
    public async Task Introspect_WhenTheBodyIsNoForm_SaysSo(string type, string body)
    {
        var answer = await host.PostFormAsync(
            "/oauth/introspect", Encoding.UTF8.GetBytes(body), OAuthCalls.Encoded(OAuthCalls.Gateway, OAuthCalls.Secret), type);

        Assert.Equal((400, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task Introspect_WhenTheBodyIsTooLarge_Is413()
    {
        var answer = await host.IntrospectAsync(OAuthCalls.Token(new string('x', 1024 * 1024)));

        Assert.Equal((413, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Endpoints_ByAnotherMethod_Are405(string method)
    {
        foreach (var path in new[] { "/oauth/introspect", "/oauth/revoke" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
            using var response = await host.Client.SendAsync(request);
            Assert.Equal((405, "POST"), ((int)response.StatusCode, string.Join(',', response.Content.Headers.Allow)));
        }
    }

    [Fact]
    public async Task AnyBytes_AsAToken_AreAnsweredWithoutAFault()
    {
        var bytes = Gen.OneOf(
            Gen.Byte.Array[0, 60],
            Gen.String[0, 40].Select(Encoding.UTF8.GetBytes),
            Gen.Byte.Array[0, 30].Select(tail => (byte[])[.. "gldt-"u8, .. tail]),
            Gen.Select(Gen.OneOf("gldt-AQAB", "%00", "%ff", "%", "+", "&", "=", "\0"), Gen.Int[0, 200]).Select(
                repeated => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated.Item1, repeated.Item2)))));
        await Gen.Select(bytes, Gen.Bool, Gen.Bool).SampleAsync(
            async sample =>
            {
                var (token, isEncoded, isRevocation) = sample;
                byte[] form = [.. "token="u8, .. isEncoded ? Encoding.ASCII.GetBytes(string.Concat(token.Select(b => $"%{b:x2}"))) : token];
                var answer = await host.PostFormAsync(
                    isRevocation ? "/oauth/revoke" : "/oauth/introspect", form, OAuthCalls.Encoded(OAuthCalls.Gateway, OAuthCalls.Secret));
                Assert.True(answer.Status is 200 or 400, $"{answer.Status} to {Convert.ToHexString(form)}");
                if (isEncoded && token.Length > 0)
                {
                    Assert.Equal((200, isRevocation ? "" : Inactive), (answer.Status, answer.Body));
                }
            },
            iter: 400,
            threads: 1);
    }

    [Fact]
    public async Task Metadata_TellsClientsWhereEverythingIs()
    {
        var issuer = host.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');

        using var response = await host.Client.GetAsync(new Uri("/.well-known/oauth-authorization-server", UriKind.Relative));

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var metadata = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(issuer, metadata.GetProperty("issuer").GetString());
        Assert.Equal(issuer + "/oauth/introspect", metadata.GetProperty("introspection_endpoint").GetString());
        Assert.Equal(issuer + "/oauth/revoke", metadata.GetProperty("revocation_endpoint").GetString());
        Assert.Equal(issuer + "/oauth/discovery/keys", metadata.GetProperty("jwks_uri").GetString());
        foreach (var endpoint in new[] { "introspection", "revocation" })
        {
            Assert.Equal(
                ["client_secret_basic", "client_secret_post"],
                metadata.GetProperty(endpoint + "_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()));
        }

        Assert.Empty(metadata.GetProperty("grant_types_supported").EnumerateArray());
        Assert.Contains("read_virtual_registry", metadata.GetProperty("scopes_supported").EnumerateArray().Select(scope => scope.GetString()));
    }

    private async Task<(long Id, string Secret)> IssueAsync(string holder, object token)
    {
        var issued = await host.PostAsync($"/{holder}/deploy_tokens", JsonSerializer.Serialize(token));
        return ((long)issued.Json["id"]!, (string)issued.Json["token"]!);
    }

    private async Task<string> OrphanedAsync()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var token = await IssueAsync($"groups/{group}", new { name = "n", scopes = "read_registry" });
        await host.DeleteAsync($"/groups/{group}");
        return token.Secret;
    }
}
