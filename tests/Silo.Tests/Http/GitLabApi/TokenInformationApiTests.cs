using System.Text;
using System.Text.Json;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class TokenInformationApiTests(ApiHost host)
{
    private const string NotFound = """{"message":{"error":"Not found"}}""";
    private const string NotSupported = """{"message":"Token type not supported."}""";

    [Fact]
    public async Task Post_OfASecret_ShowsTheTokenWhateverBecameOfIt()
    {
        var (holder, token, id) = await IssueAsync();
        var expired = await host.PostAsync(
            $"/{holder}/deploy_tokens", """{"name":"n","scopes":"read_registry","expires_at":"2001-01-01"}""");

        var shown = await AskAsync(HttpMethod.Post, token);
        var alike = await host.GetAsync($"/deploy_tokens/{id}");
        await host.PostAsync($"/deploy_tokens/{id}/revoke");
        var revoked = await AskAsync(HttpMethod.Post, token);
        var past = await AskAsync(HttpMethod.Post, (string)expired.Json["token"]!);

        Assert.Equal((200, alike.Body), (shown.Status, shown.Body));
        Assert.Equal((200, true, id), (revoked.Status, (bool?)revoked.Json["revoked"], (long?)revoked.Json["id"]));
        Assert.Equal((200, true), (past.Status, (bool?)past.Json["expired"]));
        Assert.DoesNotContain(token, shown.Body + revoked.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_OfASecret_RevokesTheTokenAndLeavesItListed()
    {
        var (holder, token, id) = await IssueAsync();

        var deleted = await AskAsync(HttpMethod.Delete, token);
        var again = await AskAsync(HttpMethod.Delete, token);
        var listed = await host.GetAsync($"/{holder}/deploy_tokens");

        Assert.Equal((204, ""), (deleted.Status, deleted.Body));
        Assert.Equal(204, again.Status);
        Assert.Equal((id, true), ((long?)listed.Json[0]!["id"], (bool?)listed.Json[0]!["revoked"]));
    }

    [Theory]
    [InlineData("gldt-aaaaaaaaaaaaaaaaaaaa", 404, NotFound)]
    [InlineData("gldt-", 404, NotFound)]
    [InlineData("gldt-AQABCHxU1nAwGXhp_Y8A1MkF7Ha2JN7BK5xe", 404, NotFound)]
    [InlineData("gldt-é", 404, NotFound)]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", 422, NotSupported)]
    [InlineData("glpat-aaaaaaaaaaaaaaaaaaaa", 422, NotSupported)]
    [InlineData("", 422, NotSupported)]
    [InlineData("日本", 422, NotSupported)]
    public async Task Token_WhenItIsNobodys_IsRefusedByItsPrefix(string token, int status, string body)
    {
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Delete })
        {
            var answer = await AskAsync(method, token);
            Assert.Equal((status, body), (answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task Token_WhenDestroyedOrItsHolderDeleted_IsNotFound()
    {
        var (_, destroyed, id) = await IssueAsync();
        var (holder, orphaned, _) = await IssueAsync();
        await host.DeleteAsync($"/deploy_tokens/{id}");
        await host.DeleteAsync($"/{holder}");

        foreach (var token in new[] { destroyed, orphaned })
        {
            await NotFoundAsync(HttpMethod.Post, token);
            await NotFoundAsync(HttpMethod.Delete, token);
        }
    }

    [Theory]
    [InlineData("{}", "token is missing")]
    [InlineData("""{"token":["a"]}""", "token is invalid")]
    [InlineData("""{"token":"a\u0000"}""", "token contains a control character")]
    [InlineData("""{"token":"\ud800"}""", "token is not valid Unicode text")]
    public async Task Token_WhenItCannotBeOne_IsNamed(string json, string expected)
    {
        var answer = await host.PostAsync("/admin/token", json);

        Assert.Equal((400, $$"""{"error":"{{expected}}"}"""), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "token={0}")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{0}\r\n--b--")]
    public async Task Post_WhateverTheEncoding_IsUnderstood(string type, string body)
    {
        var (_, token, id) = await IssueAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Format(null, body, token)));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await host.SendAsync(HttpMethod.Post, "/admin/token", content, ApiHost.AdministratorToken);

        Assert.Equal((200, id), (answer.Status, (long?)answer.Json["id"]));
    }

    [Fact]
    public async Task Caller_WhenNobody_Is401AndNothingIsChanged()
    {
        var (_, token, id) = await IssueAsync();
        var json = JsonSerializer.Serialize(new { token });

        foreach (var answer in new[]
        {
            await host.PostAsync("/admin/token", json, credential: null), await host.DeleteAsync("/admin/token", json, credential: null),
            await host.DeleteAsync("/admin/token", json, "wrong"), await host.DeleteAsync("/admin/token", json, token),
        })
        {
            Assert.Equal((401, """{"message":"401 Unauthorized"}"""), (answer.Status, answer.Body));
        }

        Assert.False((bool)(await host.GetAsync($"/deploy_tokens/{id}")).Json["revoked"]!);
    }

    [Fact]
    public async Task Address_ByAnotherMethod_Is405()
    {
        Assert.Equal(405, (await host.GetAsync("/admin/token")).Status);
        Assert.Equal(405, (await host.PutAsync("/admin/token")).Status);
    }

    [Fact]
    public async Task Document_PutsTheTokenIntoBodiesOnly()
    {
        using var response = await host.Client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        foreach (var method in document.RootElement.GetProperty("paths").GetProperty("/api/v4/admin/token").EnumerateObject())
        {
            Assert.True(method.Value.TryGetProperty("requestBody", out _), method.Name);
            Assert.True(
                !method.Value.TryGetProperty("parameters", out var parameters) || parameters.GetArrayLength() == 0, method.Name);
        }
    }

    private async Task NotFoundAsync(HttpMethod method, string token)
    {
        var answer = await AskAsync(method, token);
        Assert.Equal((404, NotFound), (answer.Status, answer.Body));
    }

    private Task<ApiAnswer> AskAsync(HttpMethod method, string token)
    {
        var content = new StringContent(JsonSerializer.Serialize(new { token }), Encoding.UTF8, "application/json");
        return host.SendAsync(method, "/admin/token", content, ApiHost.AdministratorToken);
    }

    private async Task<(string Holder, string Token, long Id)> IssueAsync()
    {
        var holder = $"groups/{await host.NewGroupAsync(ApiHost.NewName())}";
        var issued = await host.PostAsync($"/{holder}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");
        return (holder, (string)issued.Json["token"]!, (long)issued.Json["id"]!);
    }
}
