namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Where projects can be: namespaces, and what is in those of users.</summary>
public sealed class PlaceApiTests(ApiHost host)
{
    [Fact]
    public async Task Namespaces_Always_AreOnesOwnAndThoseOfOnesGroups()
    {
        var ann = await host.NewUserAsync();
        var own = (await host.PostAsync("/projects", """{"name":"app"}""", ann.Token)).Json["namespace"]!["id"]!.GetValue<long>();
        var (path, other) = (ApiHost.NewName("joined"), ApiHost.NewName("open"));
        var joined = await host.NewGroupAsync(path);
        var open = await host.NewGroupAsync(other, "public");
        await host.AddMemberAsync($"groups/{joined}", ann.Id, 30);
        var owned = (await host.PostAsync("/groups", $$"""{"name":"n","path":"{{ApiHost.NewName("owned")}}"}""", ann.Token))
            .Json["id"]!.GetValue<long>();

        await AssertIdsAsync("", own, joined, owned);
        await AssertIdsAsync("?owned_only=true", own, owned);
        await AssertIdsAsync($"?search={path.ToUpperInvariant()}", joined);
        await AssertIdsAsync($"?search={ann.Username}", own);
        await AssertIdsAsync($"?search={other}");
        await AssertIdsAsync("?per_page=2&page=1", own, joined);
        await AssertIdsAsync("?per_page=2&page=2", owned);
        Assert.Equal("3", (await host.GetAsync("/namespaces?per_page=1", ann.Token)).Header("X-Total"));
        Assert.Equal(open, (await host.GetAsync($"/namespaces?search={other}")).Json[0]!["id"]!.GetValue<long>());

        async Task AssertIdsAsync(string query, params long[] expected)
        {
            var answer = await host.GetAsync("/namespaces" + query, ann.Token);
            Assert.True(answer.Status == 200, answer.Body);
            Assert.Equal(expected, answer.Json.AsArray().Select(item => item!["id"]!.GetValue<long>()));
        }
    }

    [Fact]
    public async Task Exists_Always_SaysWhetherASegmentIsTakenThere()
    {
        var (path, child) = (ApiHost.NewName("taken"), ApiHost.NewName("below"));
        var parent = await host.NewGroupAsync(path);
        await host.NewGroupAsync(child, parent: parent);
        await host.NewGroupAsync(path + "1");
        var ann = await host.NewUserAsync();

        await AssertAsync($"/namespaces/{path}/exists", $$"""{"exists":true,"suggests":["{{path}}2"]}""");
        await AssertAsync($"/namespaces/{ann.Username}/exists", $$"""{"exists":true,"suggests":["{{ann.Username}}1"]}""");
        await AssertAsync($"/namespaces/{child}/exists", """{"exists":false,"suggests":[]}""");
        await AssertAsync($"/namespaces/{child}/exists?parent_id={parent}", $$"""{"exists":true,"suggests":["{{child}}1"]}""");
        await AssertAsync($"/namespaces/{child}/exists?parent_id=999999", """{"exists":false,"suggests":[]}""");
        await AssertAsync($"/namespaces/{path}%2F{child}/exists", """{"exists":false,"suggests":[]}""");
        await AssertAsync($"/namespaces/{parent}/exists", """{"exists":false,"suggests":[]}""");
        Assert.Equal(
            """{"exists":false,"suggests":[]}""", (await host.GetAsync($"/namespaces/{child}/exists?parent_id={parent}", ann.Token)).Body);

        async Task AssertAsync(string target, string expected)
        {
            var answer = await host.GetAsync(target);
            Assert.Equal((200, expected), (answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task ProjectOfAUser_WhenAnAdministratorMakesIt_IsInThePersonalNamespace()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());

        var made = await host.PostAsync($"/projects/user/{ann.Id}", """{"name":"For Ann","visibility":"private"}""");
        Assert.Equal((201, $"{ann.Username}/for-ann"), (made.Status, (string?)made.Json["path_with_namespace"]));
        Assert.Equal(403, (await host.PostAsync($"/projects/user/{ann.Id}", """{"name":"x"}""", ann.Token)).Status);
        Assert.Equal(404, (await host.PostAsync("/projects/user/999999", """{"name":"x"}""")).Status);
        Assert.Equal(400, (await host.PostAsync($"/projects/user/{ann.Id}", "{}")).Status);

        foreach (var user in new[] { $"{ann.Id}", ann.Username })
        {
            var listed = await host.GetAsync($"/users/{user}/projects", ann.Token);
            Assert.Equal((long?)made.Json["id"], (long?)Assert.Single(listed.Json.AsArray())!["id"]);
            Assert.Equal("[]", (await host.GetAsync($"/users/{user}/projects", bob.Token)).Body);
            Assert.Equal("[]", (await host.GetAsync($"/users/{user}/projects", null)).Body);
        }

        Assert.Equal(404, (await host.GetAsync("/users/nobody%2Fhere/projects")).Status);
        Assert.Equal(404, (await host.GetAsync("/users/999999/projects")).Status);
    }

    [Fact]
    public async Task Metadata_Always_IsTheVersion()
    {
        var (version, metadata) = (await host.GetAsync("/version"), await host.GetAsync("/metadata"));

        Assert.Equal(
            ((string?)version.Json["version"], (string?)version.Json["revision"], false),
            ((string?)metadata.Json["version"], (string?)metadata.Json["revision"], (bool?)metadata.Json["enterprise"]));
        Assert.Equal(401, (await host.GetAsync("/metadata", null)).Status);
    }
}
