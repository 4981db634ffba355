using System.Text;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §2: the REST API, but for roles.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class RestTests(AuthorityFixture authority)
{
    private readonly Api _api = new(authority.Silo.Address);

    [Theory]
    [InlineData("projects")]
    [InlineData("groups")]
    [Reference("2.1", "list 200, create 201 with token, get 200, delete 204 and empty")]
    public async Task Endpoints_OfBothKindsOfHolder_AnswerWithTheirStatus(string kind)
    {
        var holder = $"/{kind}/{await HolderAsync(kind)}/deploy_tokens";
        var made = await _api.PostAsync(holder, new { name = "t", scopes = "read_registry" });
        var one = $"{holder}/{made.Json["id"]}";

        Assert.Equal((201, 200, 200), (made.Status, (await _api.GetAsync(holder)).Status, (await _api.GetAsync(one)).Status));
        var deleted = await _api.DeleteAsync(one);
        Assert.Equal((204, ""), (deleted.Status, deleted.Body));
        Assert.Equal(404, (await _api.GetAsync(one)).Status);
        Assert.Empty((await _api.GetAsync(holder)).Json.AsArray());
    }

    [Fact]
    [Reference("2.1", "GET /deploy_tokens lists those of everybody, for administrators")]
    public async Task InstanceList_HasTokensOfProjectsAndGroups()
    {
        var group = await _api.GroupAsync();
        var (first, second) = (await _api.TokenAsync($"groups/{group}"), await _api.TokenAsync($"projects/{await _api.ProjectAsync(group)}"));
        var seen = new HashSet<long>();
        for (var page = "1"; !string.IsNullOrEmpty(page);)
        {
            var answer = await _api.GetAsync($"/deploy_tokens?per_page=100&page={page}");
            Assert.Equal(200, answer.Status);
            seen.UnionWith(answer.Json.AsArray().Select(static token => (long)token!["id"]!));
            page = answer["X-Next-Page"];
        }

        Assert.Superset(new HashSet<long> { (long)first["id"]!, (long)second["id"]! }, seen);
    }

    [Fact]
    [Reference("2.2", "integer id, or URL-encoded full path; a group's path may be one segment")]
    public async Task PathId_AsNumberOrEncodedPath_NamesTheSame()
    {
        var (top, name) = (Api.NewName("g"), Api.NewName("p"));
        var group = await _api.GroupAsync(path: top);
        var project = await _api.ProjectAsync(group, path: name);
        foreach (var id in new[] { $"{project}", $"{top}%2F{name}", $"{top.ToUpperInvariant()}%2f{name}" })
        {
            Assert.Equal(200, (await _api.GetAsync($"/projects/{id}/deploy_tokens")).Status);
        }

        Assert.Equal(200, (await _api.GetAsync($"/groups/{top}/deploy_tokens")).Status);
    }

    [Fact]
    [Reference("2.2", "a project path must contain / once decoded, else 404; all digits is always an id")]
    public async Task PathId_OfAProjectWithoutASlash_IsNotFound()
    {
        _ = await _api.GroupAsync(path: "4711000");
        foreach (var id in new[] { "noslash", "4711000" })
        {
            var answer = await _api.GetAsync($"/projects/{id}/deploy_tokens");
            Assert.Equal((404, """{"message":"404 Project Not Found"}"""), (answer.Status, answer.Body));
        }

        Assert.Equal(404, (await _api.GetAsync("/groups/4711000/deploy_tokens")).Status);
    }

    [Fact]
    [Reference("2.2", "an old path: GET redirects to the id-based URL, others are 405")]
    public async Task PathId_OfAMovedProject_RedirectsReadersAndRefusesOthers()
    {
        var (top, name) = (Api.NewName("g"), Api.NewName("p"));
        var project = await _api.ProjectAsync(await _api.GroupAsync(path: top), path: name);
        Assert.Equal(200, (await _api.PutAsync($"/projects/{project}", new { path = name + "-new" })).Status);

        var read = await _api.GetAsync($"/projects/{top}%2F{name}/deploy_tokens?active=true");
        Assert.Equal(302, read.Status);
        Assert.EndsWith($"/api/v4/projects/{project}/deploy_tokens?active=true", read["Location"], StringComparison.Ordinal);
        var write = await _api.PostAsync($"/projects/{top}%2F{name}/deploy_tokens", new { name = "t", scopes = "read_registry" });
        Assert.Equal((405, """{"message":"Non GET methods are not allowed for moved projects"}"""), (write.Status, write.Body));
    }

    [Fact]
    [Reference("2.2", "a token of another owner is 404; lists hold a holder's own tokens only")]
    public async Task Tokens_OfAnotherHolder_AreNotThere()
    {
        var group = await _api.GroupAsync();
        var (project, other) = (await _api.ProjectAsync(group), await _api.ProjectAsync(group));
        var (ofGroup, ofProject) = (await _api.TokenAsync($"groups/{group}"), await _api.TokenAsync($"projects/{project}"));

        string[] elsewhere =
        [
            $"/projects/{other}/deploy_tokens/{ofProject["id"]}", $"/groups/{group}/deploy_tokens/{ofProject["id"]}",
            $"/projects/{project}/deploy_tokens/{ofGroup["id"]}",
        ];
        foreach (var path in elsewhere)
        {
            var answer = await _api.GetAsync(path);
            Assert.Equal((404, """{"message":"404 Not found"}"""), (answer.Status, answer.Body));
            Assert.Equal(404, (await _api.DeleteAsync(path)).Status);
        }

        Assert.Equal((long)ofGroup["id"]!, (long)Assert.Single((await _api.GetAsync($"/groups/{group}/deploy_tokens")).Json.AsArray())!["id"]!);
        Assert.Equal((long)ofProject["id"]!, (long)Assert.Single((await _api.GetAsync($"/projects/{project}/deploy_tokens")).Json.AsArray())!["id"]!);
    }

    [Fact]
    [Reference("2.3", "the object: seven fields, and token at creation only")]
    public async Task Object_HasItsFields_AndTheSecretOnlyOnce()
    {
        var project = await _api.ProjectAsync();
        var made = await _api.TokenAsync($"projects/{project}", new { name = "t", scopes = "read_registry", expires_at = "2999-01-01" });
        string[] fields = ["id", "name", "username", "expires_at", "scopes", "revoked", "expired"];
        Assert.Equal([.. fields, "token"], made.AsObject().Select(static field => field.Key));

        var one = (await _api.GetAsync($"/projects/{project}/deploy_tokens/{made["id"]}")).Json.AsObject();
        Assert.Equal(fields, one.Select(static field => field.Key));
        Assert.Equal("2999-01-01T00:00:00.000Z", (string?)one["expires_at"]);
        Assert.Equal(fields, (await _api.GetAsync($"/projects/{project}/deploy_tokens")).Json[0]!.AsObject().Select(static field => field.Key));
    }

    [Theory]
    [InlineData("application/json", """{"name":"t","scopes":["read_registry","read_repository"],"unknown":[1]}""")]
    [InlineData("application/json", """{"name":"t","scopes":"read_registry,read_repository"}""")]
    [InlineData("application/x-www-form-urlencoded", "name=t&scopes[]=read_registry&scopes[]=read_repository")]
    [InlineData("application/x-www-form-urlencoded", "name=t&scopes=read_registry,read_repository&other=1")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nt\r\n--b\r\nContent-Disposition: form-data; name=\"scopes[]\"\r\n\r\nread_registry\r\n--b\r\nContent-Disposition: form-data; name=\"scopes[]\"\r\n\r\nread_repository\r\n--b--\r\n")]
    [Reference("2.4", "form and JSON bodies; scopes as array, scopes[] or comma-separated; unknown parameters are ignored")]
    public async Task Creating_InEveryKindOfBody_IsTheSame(string type, string body)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        var answer = await _api.SendAsync(
            HttpMethod.Post, $"/api/v4/projects/{await _api.ProjectAsync()}/deploy_tokens", content, ("PRIVATE-TOKEN", Silo.OperatorToken));
        Assert.Equal(201, answer.Status);
        Assert.Equal("""["read_repository","read_registry"]""", answer.Json["scopes"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{}""", """{"error":"name is missing, scopes is missing"}""")]
    [InlineData("""{"name":"t"}""", """{"error":"scopes is missing"}""")]
    [InlineData("""{"scopes":["read_registry"]}""", """{"error":"name is missing"}""")]
    [InlineData("""{"name":"t","scopes":["read_registry","api"]}""", """{"error":"scopes does not have a valid value"}""")]
    [InlineData("""{"name":"t","scopes":["read_registry"],"expires_at":"foo"}""", """{"error":"expires_at is invalid"}""")]
    [InlineData("""{"name":"t","scopes":[]}""", """{"message":"Scopes can't be blank"}""")]
    [InlineData("""{"name":"t","scopes":""}""", """{"message":"Scopes can't be blank"}""")]
    [InlineData("""{"name":"t","scopes":["read_registry"],"username":"a b"}""", """{"message":"Username can contain only letters, digits, '_', '-', '+', and '.'"}""")]
    [InlineData("""{"name":"t","scopes":["read_registry"],"username":"a\n"}""", """{"message":"Username can contain only letters, digits, '_', '-', '+', and '.'"}""")]
    [Reference("2.5", "refusals of create: parameter errors under error, model errors under message")]
    public async Task Creating_WithWhatCannotBe_IsRefusedInItsShape(string body, string expected)
    {
        var project = await _api.ProjectAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await _api.SendAsync(
            HttpMethod.Post, $"/api/v4/projects/{project}/deploy_tokens", content, ("PRIVATE-TOKEN", Silo.OperatorToken));
        Assert.Equal((400, expected), (answer.Status, answer.Body));
        Assert.Empty((await _api.GetAsync($"/projects/{project}/deploy_tokens")).Json.AsArray());
    }

    [Fact]
    [Reference("2.5", "too long: Name is too long (maximum is 255 characters); several errors joined as a sentence")]
    public async Task Creating_WithSeveralFieldsTooLong_SaysAllInOneSentence()
    {
        var tooLong = new string('n', 256);
        var answer = await _api.PostAsync(
            $"/projects/{await _api.ProjectAsync()}/deploy_tokens", new { name = tooLong, username = tooLong, scopes = "read_registry" });
        Assert.Equal(400, answer.Status);
        Assert.Equal(
            "Name is too long (maximum is 255 characters) and Username is too long (maximum is 255 characters)", (string?)answer.Json["message"]);
    }

    [Theory]
    [InlineData("GET", "x", 400, """{"error":"token_id is invalid"}""")]
    [InlineData("DELETE", "x", 400, """{"error":"token_id is invalid"}""")]
    [InlineData("GET", "99999999999999999999", 404, """{"message":"404 Not found"}""")]
    [InlineData("GET", "9999999", 404, """{"message":"404 Not found"}""")]
    [InlineData("DELETE", "9999999", 404, """{"message":"404 Not found"}""")]
    [Reference("2.5", "token_id not an integer 400; unknown 404")]
    public async Task TokenId_ThatIsNone_IsRefused(string method, string id, int status, string body)
    {
        var answer = await _api.SendAsync(new HttpMethod(method), $"/projects/{await _api.ProjectAsync()}/deploy_tokens/{id}");
        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("/projects/9999999/deploy_tokens", 404, """{"message":"404 Project Not Found"}""")]
    [InlineData("/groups/9999999/deploy_tokens", 404, """{"message":"404 Group Not Found"}""")]
    [InlineData("/projects/no%2Fsuch/deploy_tokens", 404, """{"message":"404 Project Not Found"}""")]
    [Reference("2.5", "project or group unknown: 404 with its noun")]
    public async Task Holder_ThatIsNone_IsNotFound(string path, int status, string body)
    {
        var answer = await _api.GetAsync(path);
        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("projects", "private", 404, "404 Project Not Found")]
    [InlineData("groups", "private", 404, "404 Group Not Found")]
    [InlineData("projects", "public", 403, "403 Forbidden")]
    [InlineData("groups", "public", 403, "403 Forbidden")]
    [Reference("2.5", "anonymous: 404 on what is private (not 401), 403 on what is public")]
    public async Task Anonymous_AtAHolder_IsToldWhatItMaySee(string kind, string visibility, int status, string message)
    {
        var id = await HolderAsync(kind, visibility);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            var answer = await _api.SendAsync(
                method, $"/{kind}/{id}/deploy_tokens", method == HttpMethod.Post ? new { name = "t", scopes = "read_registry" } : null, token: null);
            Assert.Equal((status, message), (answer.Status, (string?)answer.Json["message"]));
        }
    }

    [Fact]
    [Reference("2.5", "anonymous on /deploy_tokens 401; an invalid token anywhere 401")]
    public async Task Unauthorized_IsSaidWithOneBody()
    {
        foreach (var (path, token) in new (string, string?)[]
        {
            ("/deploy_tokens", null), ("/deploy_tokens", "glpat-wrongwrongwrongwrong"), ("/projects/1/deploy_tokens", "glpat-wrongwrongwrongwrong"),
        })
        {
            var answer = await _api.GetAsync(path, token);
            Assert.Equal((401, """{"message":"401 Unauthorized"}"""), (answer.Status, answer.Body));
        }
    }

    [Fact]
    [Reference("2.5", "parameters are looked at before permissions: malformed ones are 400 for whoever would get 404")]
    public async Task Parameters_AreJudgedBeforePermissions()
    {
        var project = await _api.ProjectAsync();
        Assert.Equal(400, (await _api.PostAsync($"/projects/{project}/deploy_tokens", new { name = "t" }, token: null)).Status);
        Assert.Equal(400, (await _api.GetAsync($"/projects/{project}/deploy_tokens/x", token: null)).Status);
    }

    [Fact]
    [Reference("2.5", "a deploy token is not accepted: shown as Deploy-Token or Basic it is ignored, as PRIVATE-TOKEN it is wrong")]
    public async Task DeployToken_AtTheApi_IsNobody()
    {
        var (open, hidden) = (await _api.ProjectAsync(visibility: "public"), await _api.ProjectAsync());
        var token = await _api.IssueAsync($"projects/{hidden}", "read_repository", "read_registry", "write_registry");
        foreach (var header in new[] { ("Deploy-Token", token.Secret), ("Authorization", token.Basic) })
        {
            Assert.Equal(403, (await _api.SendAsync(HttpMethod.Get, $"/api/v4/projects/{open}/deploy_tokens", null, header)).Status);
            Assert.Equal(404, (await _api.SendAsync(HttpMethod.Get, $"/api/v4/projects/{hidden}/deploy_tokens", null, header)).Status);
        }

        Assert.Equal(401, (await _api.GetAsync($"/projects/{open}/deploy_tokens", token.Secret)).Status);
    }

    [Fact]
    [Reference("2.6", "active=true lists active ones only; false, or nothing, lists all; anything else is 400")]
    public async Task Active_FiltersOnlyWhenTrue()
    {
        var project = await _api.ProjectAsync();
        var alive = await _api.TokenAsync($"projects/{project}");
        _ = await _api.TokenAsync($"projects/{project}", new { name = "t", scopes = "read_registry", expires_at = "1988-01-11" });
        var revoked = await _api.TokenAsync($"projects/{project}");
        _ = await _api.PostAsync($"/projects/{project}/deploy_tokens/{revoked["id"]}/revoke");
        var list = $"/projects/{project}/deploy_tokens";

        foreach (var yes in new[] { "true", "True", "1" })
        {
            Assert.Equal((long)alive["id"]!, (long)Assert.Single((await _api.GetAsync($"{list}?active={yes}")).Json.AsArray())!["id"]!);
        }

        Assert.Equal((3, 3), ((await _api.GetAsync($"{list}?active=false")).Json.AsArray().Count, (await _api.GetAsync(list)).Json.AsArray().Count));
        var neither = await _api.GetAsync($"{list}?active=maybe");
        Assert.Equal((400, """{"error":"active is invalid"}"""), (neither.Status, neither.Body));
    }

    [Fact]
    [Reference("2.6", "paging: headers and links, id ascending, a page past the end is an empty 200")]
    public async Task Paging_TellsTheWay()
    {
        var project = await _api.ProjectAsync();
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((long)(await _api.TokenAsync($"projects/{project}"))["id"]!);
        }

        var list = $"/projects/{project}/deploy_tokens";
        var middle = await _api.GetAsync($"{list}?per_page=2&page=2&active=true");
        Assert.Equal(ids[2..4], middle.Json.AsArray().Select(static token => (long)token!["id"]!));
        Assert.Equal(
            ("2", "2", "3", "1", "5", "3"),
            (middle["X-Per-Page"], middle["X-Page"], middle["X-Next-Page"], middle["X-Prev-Page"], middle["X-Total"], middle["X-Total-Pages"]));
        foreach (var relation in new[] { "prev", "next", "first", "last" })
        {
            Assert.Contains($"rel=\"{relation}\"", middle["Link"], StringComparison.Ordinal);
        }

        Assert.Contains("active=true", middle["Link"], StringComparison.Ordinal);
        var all = await _api.GetAsync(list);
        Assert.Equal(("20", "1", "", "", "1"), (all["X-Per-Page"], all["X-Page"], all["X-Next-Page"], all["X-Prev-Page"], all["X-Total-Pages"]));
        var beyond = await _api.GetAsync($"{list}?page=9");
        Assert.Equal((200, "[]"), (beyond.Status, beyond.Body));
        Assert.Equal("1", (await _api.GetAsync($"/projects/{await _api.ProjectAsync()}/deploy_tokens"))["X-Total-Pages"]);
        Assert.Equal("100", (await _api.GetAsync($"{list}?per_page=1000"))["X-Per-Page"]);
    }

    [Theory]
    [InlineData("per_page=0", "per_page has a value not allowed")]
    [InlineData("per_page=-1", "per_page does not have a valid value")]
    [InlineData("page=-1", "page does not have a valid value")]
    [InlineData("page=x", "page is invalid")]
    [Reference("2.6", "a page that cannot be is 400")]
    public async Task Paging_ThatCannotBe_IsRefused(string query, string error)
    {
        var answer = await _api.GetAsync($"/projects/{await _api.ProjectAsync()}/deploy_tokens?{query}");
        Assert.Equal((400, error), (answer.Status, (string?)answer.Json["error"]));
    }

    private async Task<long> HolderAsync(string kind, string visibility = "private") =>
        kind == "groups" ? await _api.GroupAsync(visibility: visibility) : await _api.ProjectAsync(visibility: visibility);
}
