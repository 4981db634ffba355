namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class UserApiTests(ApiHost host)
{
    private const string Forbidden = """{"message":"403 Forbidden"}""";

    [Fact]
    public async Task FirstOperatorsName_BeforeItsNamespaceIsMade_IsKeptForIt()
    {
        var ann = await host.NewUserAsync();
        var group = await host.NewGroupAsync(ApiHost.NewName());
        foreach (var taken in new[]
        {
            await host.PostAsync("/groups", """{"name":"root","path":"root"}""", ann.Token),
            await host.PostAsync("/groups", """{"name":"root","path":"Root"}"""),
            await host.PutAsync($"/groups/{group}", """{"path":"root"}"""),
        })
        {
            Assert.Equal((400, """{"message":{"path":["has already been taken"]}}"""), (taken.Status, taken.Body));
        }

        Assert.Equal(409, (await host.PutAsync($"/users/{ann.Id}", """{"username":"root"}""")).Status);
    }

    [Fact]
    public async Task Create_Always_AnswersTheUserWithWhatAdministratorsSee()
    {
        var name = ApiHost.NewName("ann");
        var made = await host.PostAsync("/users", $$"""{"username":"{{name}}","name":"Ann","email":"ann@example.org"}""");

        Assert.Equal(201, made.Status);
        Assert.Equal(
            (name, "Ann", "ann@example.org", "active", false),
            ((string)made.Json["username"]!, (string)made.Json["name"]!, (string)made.Json["email"]!, (string)made.Json["state"]!, (bool)made.Json["is_admin"]!));
        var id = made.Json["id"]!.GetValue<long>();
        Assert.Equal(made.Body, (await host.GetAsync($"/users/{id}")).Body);
        var found = await host.GetAsync($"/users?username={name.ToUpperInvariant()}");
        Assert.Equal(("1", id), (found.Header("X-Total"), found.Json[0]!["id"]!.GetValue<long>()));
        Assert.Equal("1", (await host.GetAsync($"/users?search={name}")).Header("X-Total"));
    }

    [Fact]
    public async Task Create_WhenItCannotBe_SaysWhy()
    {
        var ann = await host.NewUserAsync();
        var group = ApiHost.NewName();
        await host.NewGroupAsync(group);
        foreach (var taken in new[] { ann.Username, ann.Username.ToUpperInvariant(), group, "root" })
        {
            var answer = await host.PostAsync("/users", $$"""{"username":"{{taken}}","name":"n","email":"e@example.org"}""");
            Assert.Equal((409, """{"message":"Username has already been taken"}"""), (answer.Status, answer.Body));
        }

        Assert.Equal(
            """{"error":"username is missing, name is missing, email is missing"}""", (await host.PostAsync("/users", "{}")).Body);
        Assert.Equal(
            (400, """{"message":{"email":["is invalid"]}}"""),
            await RefusedAsync("""{"username":"x-y","name":"n","email":"no address"}"""));
        Assert.StartsWith(
            """{"message":{"username":["can contain only""", (await RefusedAsync("""{"username":"a b","name":"n","email":"e@x"}""")).Body, StringComparison.Ordinal);

        async Task<(int Status, string Body)> RefusedAsync(string json)
        {
            var answer = await host.PostAsync("/users", json);
            return (answer.Status, answer.Body);
        }
    }

    [Fact]
    public async Task Users_ForOthersThanAdministrators_AreSeenWithoutAddressesAndNotChanged()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());

        var seen = (await host.GetAsync($"/users/{bob.Id}", ann.Token)).Json.AsObject();
        Assert.Equal(["id", "username", "name", "state", "locked", "avatar_url", "web_url", "created_at"], seen.Select(static p => p.Key));
        Assert.Equal($"{ann.Username}@example.org", (string?)(await host.GetAsync($"/users/{ann.Id}", ann.Token)).Json["email"]);
        Assert.Equal(ann.Id, (await host.GetAsync("/user", ann.Token)).Json["id"]!.GetValue<long>());
        Assert.Equal("0", (await host.GetAsync($"/users?search={bob.Username}@example.org", ann.Token)).Header("X-Total"));
        foreach (var refused in new[]
        {
            await host.PostAsync("/users", """{"username":"x","name":"n","email":"e@x"}""", ann.Token),
            await host.PutAsync($"/users/{ann.Id}", """{"admin":true}""", ann.Token),
            await host.PostAsync($"/users/{bob.Id}/block", "", ann.Token),
            await host.PostAsync($"/users/{ann.Id}/personal_access_tokens", """{"name":"t","scopes":["api"]}""", ann.Token),
            await host.GetAsync($"/users/{bob.Id}/personal_access_tokens", ann.Token),
            await host.GetAsync("/deploy_tokens", ann.Token),
            await host.GetAsync("/signing_keys", ann.Token),
            await host.PostAsync("/deploy_tokens/explain", """{"token_id":1,"action":"authenticate"}""", ann.Token),
        })
        {
            Assert.Equal((403, Forbidden), (refused.Status, refused.Body));
        }
    }

    [Fact]
    public async Task Change_WhenItReturned_Holds()
    {
        var ann = await host.NewUserAsync();
        var renamed = ApiHost.NewName("renamed");
        var changed = await host.PutAsync($"/users/{ann.Id}", $$"""{"username":"{{renamed}}","admin":true}""");

        Assert.Equal((200, renamed, true), (changed.Status, (string?)changed.Json["username"], (bool)changed.Json["is_admin"]!));
        Assert.Equal(200, (await host.GetAsync("/deploy_tokens", ann.Token)).Status);
        await host.PutAsync($"/users/{ann.Id}", """{"admin":false}""");
        Assert.Equal(403, (await host.GetAsync("/deploy_tokens", ann.Token)).Status);
        Assert.Equal((404, """{"message":"404 User Not Found"}"""), await Answered(host.PutAsync("/users/999999", "{}")));
        Assert.Equal(404, (await host.GetAsync("/users/0")).Status);
        Assert.Equal((400, """{"error":"id is invalid"}"""), await Answered(host.GetAsync("/users/ann")));
    }

    [Fact]
    public async Task List_WhenOthersThanAdministratorsAskForAdministrators_IsNotNarrowed()
    {
        var ann = await host.NewUserAsync();

        Assert.Equal("1", (await host.GetAsync($"/users?search={ann.Username}&admins=true", ann.Token)).Header("X-Total"));
        Assert.Equal("0", (await host.GetAsync($"/users?search={ann.Username}&admins=true")).Header("X-Total"));
    }

    [Fact]
    public async Task Block_WhenItReturned_TheUsersTokensAreRefusedUntilItIsTakenBack()
    {
        var ann = await host.NewUserAsync();
        Assert.Equal((201, "true"), await Answered(host.PostAsync($"/users/{ann.Id}/block")));
        Assert.Equal(
            (403, """{"message":"403 Forbidden - Your account has been blocked."}"""), await Answered(host.GetAsync("/user", ann.Token)));
        Assert.Equal("blocked", (string?)(await host.GetAsync($"/users/{ann.Id}")).Json["state"]);
        Assert.Equal((201, "true"), await Answered(host.PostAsync($"/users/{ann.Id}/unblock")));
        Assert.Equal(200, (await host.GetAsync("/user", ann.Token)).Status);

        // Neither oneself, nor the one that the installation's token stands for.
        var other = await host.NewUserAsync(admin: true);
        Assert.Equal(403, (await host.PostAsync("/users/1/block")).Status);
        Assert.Equal(403, (await host.PostAsync("/users/1/block", "", other.Token)).Status);
        Assert.Equal(403, (await host.PutAsync("/users/1", """{"admin":false}""", other.Token)).Status);
    }

    [Fact]
    public async Task PersonalNamespace_Always_TakesProjectsAndIsNoGroup()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());
        var made = await host.PostAsync("/projects", """{"name":"app"}""", ann.Token);

        Assert.Equal((201, $"{ann.Username}/app", "user"), (made.Status, (string?)made.Json["path_with_namespace"], (string?)made.Json["namespace"]!["kind"]));
        var place = made.Json["namespace"]!["id"]!.GetValue<long>();
        Assert.Equal(404, (await host.GetAsync($"/groups/{place}")).Status);
        Assert.Equal(404, (await host.GetAsync($"/groups/{ann.Username}")).Status);
        Assert.Equal(404, (await host.PostAsync($"/groups/{place}/deploy_tokens", """{"name":"t","scopes":"read_registry"}""")).Status);
        Assert.Equal("0", (await host.GetAsync($"/groups?search={ann.Username}")).Header("X-Total"));
        Assert.Equal("user", (string?)(await host.GetAsync($"/namespaces/{ann.Username}", ann.Token)).Json["kind"]);
        Assert.Equal(404, (await host.GetAsync($"/namespaces/{ann.Username}", bob.Token)).Status);
        var token = await host.PostAsync(
            $"/projects/{ann.Username}%2Fapp/deploy_tokens", """{"name":"t","scopes":"read_registry"}""", ann.Token);
        Assert.Equal(201, token.Status);
        Assert.Equal(404, (await host.GetAsync($"/projects/{ann.Username}%2Fapp", bob.Token)).Status);
        Assert.Equal(400, (await host.PostAsync("/projects", $$"""{"name":"x","namespace_id":{{place}}}""", bob.Token)).Status);
        Assert.Equal(201, (await host.PostAsync("/projects", $$"""{"name":"{{ApiHost.NewName()}}"}""")).Status); // The first user's too.
    }

    private static async Task<(int Status, string Body)> Answered(Task<ApiAnswer> asking)
    {
        var answer = await asking;
        return (answer.Status, answer.Body);
    }
}
