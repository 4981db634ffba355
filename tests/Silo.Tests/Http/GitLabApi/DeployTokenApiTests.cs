using System.Text;
using System.Text.Json;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class DeployTokenApiTests(ApiHost host)
{
    private const string NotFound = """{"message":"404 Not found"}""";

    [Theory]
    [InlineData("projects")]
    [InlineData("groups")]
    public async Task Token_WhenIssued_IsShownOnceWithItsSecret(string kind)
    {
        var holder = await HolderAsync(kind);

        var issued = await host.PostAsync(
            $"/{holder}/deploy_tokens",
            """{"name":"ci","scopes":["write_registry","read_registry","read_registry"],"expires_at":"2099-01-01","username":"bot"}""");
        var id = issued.Json["id"]!.GetValue<long>();
        var shown = await host.GetAsync($"/{holder}/deploy_tokens/{id}");
        var listed = await host.GetAsync($"/{holder}/deploy_tokens");

        Assert.Equal(201, issued.Status);
        Assert.Equal("no-store", issued.Header("Cache-Control"));
        Assert.Matches("^gldt-[0-9A-Za-z_-]{20,}$", (string?)issued.Json["token"]);
        Assert.Equal(
            "{\"id\":" + id + ",\"name\":\"ci\",\"username\":\"bot\",\"expires_at\":\"2099-01-01T00:00:00.000Z\","
            + "\"scopes\":[\"read_registry\",\"write_registry\"],\"revoked\":false,\"expired\":false}",
            shown.Body);
        Assert.Equal($"[{shown.Body}]", listed.Body);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "name=n&scopes[]=read_registry&scopes[]=write_registry&expires_at=")]
    [InlineData("application/x-www-form-urlencoded", "name=n&scopes=read_registry,write_registry&username=")]
    [InlineData("application/json", """{"name":"n","scopes":"write_registry, read_registry","expires_at":null}""")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n--b\r\nContent-Disposition: "
        + "form-data; name=\"scopes[]\"\r\n\r\nread_registry\r\n--b\r\nContent-Disposition: form-data; name=\"scopes[]\"\r\n\r\nwrite_registry\r\n--b--")]
    public async Task Token_WhateverTheEncoding_IsIssuedAlike(string contentType, string body)
    {
        var holder = await HolderAsync("projects");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var issued = await host.SendAsync(HttpMethod.Post, $"/{holder}/deploy_tokens", content, ApiHost.AdministratorToken);

        Assert.True(issued.Status == 201, issued.Body);
        Assert.Equal($"gitlab+deploy-token-{issued.Json["id"]}", (string?)issued.Json["username"]);
        Assert.Null(issued.Json["expires_at"]);
        Assert.Equal("""["read_registry","write_registry"]""", issued.Json["scopes"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", """{"error":"name is missing, scopes is missing"}""")]
    [InlineData("""{"name":"n"}""", """{"error":"scopes is missing"}""")]
    [InlineData("""{"name":"n","scopes":["read_registry","root"]}""", """{"error":"scopes does not have a valid value"}""")]
    [InlineData("""{"name":"n","scopes":["read_registry"],"expires_at":"foo"}""", """{"error":"expires_at is invalid"}""")]
    [InlineData("""{"name":"n","scopes":[]}""", """{"message":"Scopes can't be blank"}""")]
    [InlineData("""{"name":"n","scopes":""}""", """{"message":"Scopes can't be blank"}""")]
    [InlineData("""{"name":"n","scopes":["read_registry"],"username":"GitLab-ci-token"}""", """{"message":"Username is reserved"}""")]
    [InlineData("""{"name":"n","scopes":["read_registry"],"username":"a b"}""",
        """{"message":"Username can contain only letters, digits, '_', '-', '+', and '.'"}""")]
    [InlineData("""{"name":"n","scopes":["read_registry"],"username":"a\n"}""",
        """{"message":"Username can contain only letters, digits, '_', '-', '+', and '.'"}""")]
    [InlineData("""{"name":"n\u0000","scopes":["read_registry"]}""", """{"error":"name contains a control character"}""")]
    [InlineData("""{"name":"\ud800","scopes":["read_registry"]}""", """{"error":"name is not valid Unicode text"}""")]
    [InlineData("""{"name":""", """{"error":"request body is not valid JSON (line 1, byte 9)"}""")]
    public async Task Issuing_WhenSomethingIsWrong_SaysWhatAndIssuesNothing(string json, string expected)
    {
        var holder = await HolderAsync("projects");

        var answer = await host.PostAsync($"/{holder}/deploy_tokens", json);

        Assert.Equal((400, expected), (answer.Status, answer.Body));
        Assert.Equal("[]", (await host.GetAsync($"/{holder}/deploy_tokens")).Body);
    }

    [Theory]
    [InlineData("name", "Name")]
    [InlineData("username", "Username")]
    public async Task Issuing_WhenAFieldIsTooLong_SaysSo(string field, string title)
    {
        var holder = await HolderAsync("groups");
        string Json(int length) => JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["name"] = "n",
            ["scopes"] = "read_registry",
            [field] = new('a', length),
        });

        var refused = await host.PostAsync($"/{holder}/deploy_tokens", Json(256));

        Assert.Equal(201, (await host.PostAsync($"/{holder}/deploy_tokens", Json(255))).Status);
        Assert.Equal(
            (400, $$"""{"message":"{{title}} is too long (maximum is 255 characters)"}"""), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Issuing_WithANameOfAnyCharacters_CountsThemAndLeavesThemAsTheyAre()
    {
        var holder = await HolderAsync("groups");
        foreach (var name in new[] { string.Concat(Enumerable.Repeat("🚀", 255)), "two\nlines\tand \u0007\u0085" })
        {
            var issued = await host.PostAsync($"/{holder}/deploy_tokens", JsonSerializer.Serialize(new { name, scopes = "read_registry" }));
            Assert.True(issued.Status == 201, issued.Body);
            Assert.Equal(name, (string?)(await host.GetAsync($"/{holder}/deploy_tokens/{issued.Json["id"]}")).Json["name"]);
        }
    }

    [Theory]
    [InlineData(256, "🚀")]
    [InlineData(70_000, "n")]
    public async Task Issuing_WhenTheNameIsFarTooLong_SaysSoInTheSameWords(int characters, string character)
    {
        var name = string.Concat(Enumerable.Repeat(character, characters));
        var refused = await host.PostAsync(
            $"/{await HolderAsync("groups")}/deploy_tokens", JsonSerializer.Serialize(new { name, scopes = "read_registry" }));
        Assert.Equal((400, """{"message":"Name is too long (maximum is 255 characters)"}"""), (refused.Status, refused.Body));
    }

    [Theory]
    [InlineData(256, "read_registry", "a b", "{N} and {U}")]
    [InlineData(256, "", "ci", "{S} and {N}")]
    [InlineData(256, "", "a b", "{S}, {N}, and {U}")]
    public async Task Issuing_WhenSeveralFieldsCannotBe_SaysAllInOneSentence(int nameLength, string scopes, string username, string expected)
    {
        var holder = await HolderAsync("projects");

        var refused = await host.PostAsync(
            $"/{holder}/deploy_tokens", JsonSerializer.Serialize(new { name = new string('n', nameLength), scopes, username }));

        expected = expected.Replace("{S}", "Scopes can't be blank", StringComparison.Ordinal)
            .Replace("{N}", "Name is too long (maximum is 255 characters)", StringComparison.Ordinal)
            .Replace("{U}", "Username can contain only letters, digits, '_', '-', '+', and '.'", StringComparison.Ordinal);
        Assert.Equal(400, refused.Status);
        Assert.Equal(expected, (string?)refused.Json["message"]);
    }

    [Fact]
    public async Task Issuing_WhenTheExpiryIsPast_Issues()
    {
        var holder = await HolderAsync("projects");

        var issued = await host.PostAsync(
            $"/{holder}/deploy_tokens", """{"name":"","scopes":["read_registry"],"expires_at":"1988-01-11T08:00:00+08:00"}""");

        Assert.Equal(201, issued.Status);
        Assert.Equal("1988-01-11T00:00:00.000Z", (string?)issued.Json["expires_at"]);
        Assert.True((bool)issued.Json["expired"]!);
    }

    [Fact]
    public async Task List_WhenActiveOnly_LeavesOutTheDead()
    {
        var holder = await HolderAsync("projects");
        var alive = await host.NewTokenAsync(holder);
        var expired = await host.NewTokenAsync(holder, new { name = "e", scopes = "read_registry", expires_at = "1988-01-11" });
        var revoked = await host.NewTokenAsync(holder);
        await host.PostAsync($"/{holder}/deploy_tokens/{revoked}/revoke");

        await AssertIdsAsync($"/{holder}/deploy_tokens?active=True", alive);
        await AssertIdsAsync($"/{holder}/deploy_tokens?active=False", alive, expired, revoked);
        await AssertIdsAsync($"/{holder}/deploy_tokens?all=False", alive, expired, revoked);
        Assert.Equal("""{"error":"active is invalid"}""", (await host.GetAsync($"/{holder}/deploy_tokens?active=perhaps")).Body);
    }

    [Fact]
    public async Task List_WhenPaged_TellsTheOtherPages()
    {
        var group = ApiHost.NewName("paged");
        await host.NewGroupAsync(group);
        long[] ids = [await NewAsync(), await NewAsync(), await NewAsync()];

        var answer = await host.GetAsync($"/groups/{group}/deploy_tokens?page=2&per_page=1");

        Assert.Equal(ids[1], answer.Json[0]!["id"]!.GetValue<long>());
        Assert.Equal(("3", "3", "2", "1"), (
            answer.Header("X-Total"), answer.Header("X-Total-Pages"), answer.Header("X-Page"), answer.Header("X-Per-Page")));
        Assert.Equal(("3", "1"), (answer.Header("X-Next-Page"), answer.Header("X-Prev-Page")));
        Assert.Contains(
            $"<{host.Client.BaseAddress}api/v4/groups/{group}/deploy_tokens?page=3&per_page=1>; rel=\"next\"",
            answer.Header("Link"),
            StringComparison.Ordinal);
        Assert.Equal("[]", (await host.GetAsync($"/groups/{group}/deploy_tokens?page=9223372036854775807&per_page=100")).Body);

        Task<long> NewAsync() => host.NewTokenAsync($"groups/{group}");
    }

    [Fact]
    public async Task Token_WhenRevoked_StaysAndSaysSo()
    {
        var holder = await HolderAsync("groups");
        var id = await host.NewTokenAsync(holder);

        var revoked = await host.PostAsync($"/{holder}/deploy_tokens/{id}/revoke", """{"reason":"leaked\nin a log"}""");
        var again = await host.PostAsync($"/{holder}/deploy_tokens/{id}/revoke");
        var tooMuch = await host.PostAsync($"/{holder}/deploy_tokens/{id}/revoke", $$"""{"reason":"{{new string('x', 501)}}"}""");

        Assert.Equal((200, true), (revoked.Status, (bool?)revoked.Json["revoked"]));
        Assert.Equal((200, revoked.Body), (again.Status, again.Body));
        Assert.Equal(
            (400, """{"message":{"reason":["is too long (maximum is 500 characters)"]}}"""), (tooMuch.Status, tooMuch.Body));
    }

    [Fact]
    public async Task Token_WhenDeleted_IsGone()
    {
        var holder = await HolderAsync("projects");
        var id = await host.NewTokenAsync(holder);

        var deleted = await host.DeleteAsync($"/{holder}/deploy_tokens/{id}", "{}");
        var again = await host.DeleteAsync($"/{holder}/deploy_tokens/{id}");

        Assert.Equal((204, ""), (deleted.Status, deleted.Body));
        Assert.Equal((404, NotFound), (again.Status, again.Body));
        Assert.Equal("[]", (await host.GetAsync($"/{holder}/deploy_tokens")).Body);
    }

    [Theory]
    [InlineData("0", 404)]
    [InlineData("-1", 404)]
    [InlineData("9223372036854775807", 404)]
    [InlineData("9223372036854775808", 404)]
    [InlineData("-99999999999999999999", 404)]
    [InlineData("x", 400)]
    [InlineData("1%2F2", 400)]
    [InlineData("%ff", 400)]
    public async Task Token_WhenTheIdIsNone_IsRefused(string id, int status)
    {
        var holder = await HolderAsync("projects");

        var answer = await host.GetAsync($"/{holder}/deploy_tokens/{id}");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 404 ? NotFound : """{"error":"token_id is invalid"}""", answer.Body);
    }

    [Fact]
    public async Task Token_WhenItIsAnothersHolders_IsNotFound()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var project = await host.NewProjectAsync(group, ApiHost.NewName());
        var id = await host.NewTokenAsync($"groups/{group}");

        Assert.Equal(NotFound, (await host.GetAsync($"/projects/{project}/deploy_tokens/{id}")).Body);
        Assert.Equal(NotFound, (await host.DeleteAsync($"/projects/{project}/deploy_tokens/{id}")).Body);
        Assert.Equal(NotFound, (await host.PostAsync($"/projects/{project}/deploy_tokens/{id}/revoke")).Body);
        Assert.Equal("[]", (await host.GetAsync($"/projects/{project}/deploy_tokens")).Body);
        Assert.False((bool)(await host.GetAsync($"/groups/{group}/deploy_tokens/{id}")).Json["revoked"]!);
    }

    [Fact]
    public async Task Installation_ListsAndRevokesTokensOfAllHolders()
    {
        var holder = await HolderAsync("projects");
        var id = await host.NewTokenAsync(holder);

        var shown = await host.GetAsync($"/deploy_tokens/{id}");
        var total = int.Parse((await host.GetAsync("/deploy_tokens?per_page=1")).Header("X-Total"), null);
        var revoked = await host.PostAsync($"/deploy_tokens/{id}/revoke");
        var deleted = await host.DeleteAsync($"/deploy_tokens/{id}");

        Assert.Equal(id, shown.Json["id"]!.GetValue<long>());
        Assert.True(total >= 1);
        Assert.True((bool)revoked.Json["revoked"]!);
        Assert.Equal(204, deleted.Status);
        Assert.Equal((404, NotFound), ((await host.GetAsync($"/deploy_tokens/{id}")).Status, (await host.GetAsync($"/deploy_tokens/{id}")).Body));
    }

    private async Task<string> HolderAsync(string kind)
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        return kind == "groups" ? $"groups/{group}" : $"projects/{await host.NewProjectAsync(group, ApiHost.NewName())}";
    }

    private async Task AssertIdsAsync(string target, params long[] expected) =>
        Assert.Equal(expected, (await host.GetAsync(target)).Json.AsArray().Select(item => item!["id"]!.GetValue<long>()));
}
