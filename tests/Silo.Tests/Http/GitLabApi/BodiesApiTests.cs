namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>What clients made for GitLab read beside what is this product's own.</summary>
public sealed class BodiesApiTests(ApiHost host)
{
    private string Address => host.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');

    [Fact]
    public async Task Project_Always_SaysWhereItIs()
    {
        var (outer, inner, project) = (ApiHost.NewName("outer"), ApiHost.NewName("inner"), ApiHost.NewName("p"));
        var group = await host.NewGroupAsync(inner, parent: await host.NewGroupAsync(outer));
        var id = await host.NewProjectAsync(group, project);

        var shown = (await host.GetAsync($"/projects/{id}")).Json.AsObject();
        Assert.Equal($"{Address}/{outer}/{inner}/{project}", (string?)shown["web_url"]);
        Assert.Equal($"{Address}/{outer}/{inner}/{project}.git", (string?)shown["http_url_to_repo"]);
        Assert.True(shown.ContainsKey("default_branch") && shown.ContainsKey("avatar_url"));
        Assert.Null(shown["default_branch"]);
        Assert.False(shown.ContainsKey("ssh_url_to_repo"));
        Assert.Equal($"{Address}/groups/{outer}/{inner}", (string?)shown["namespace"]!["web_url"]);
        Assert.Equal($"{Address}/groups/{outer}/{inner}", (string?)(await host.GetAsync($"/groups/{group}")).Json["web_url"]);
        var listed = await host.GetAsync($"/groups/{group}/projects");
        Assert.Equal((string?)shown["web_url"], (string?)listed.Json[0]!["web_url"]);
    }

    [Fact]
    public async Task User_ForEverybody_SaysWhereItIsAndSinceWhen()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());
        await host.PostAsync("/projects", """{"name":"app"}""", bob.Token);

        var whole = (await host.GetAsync($"/users/{bob.Id}")).Json;
        var seen = (await host.GetAsync($"/users/{bob.Id}", ann.Token)).Json;
        Assert.Equal($"{Address}/{bob.Username}", (string?)seen["web_url"]);
        Assert.Equal((false, (string?)whole["created_at"]), ((bool?)seen["locked"], (string?)seen["created_at"]));
        Assert.NotNull(seen["created_at"]);
        var place = (await host.GetAsync($"/namespaces/{bob.Username}", bob.Token)).Json;
        Assert.Equal((long?)place["id"], (long?)(await host.GetAsync("/user", bob.Token)).Json["namespace_id"]);
        Assert.Equal($"{Address}/{bob.Username}", (string?)place["web_url"]);
    }

    [Fact]
    public async Task Member_Always_SaysWhereTheUserIs()
    {
        var ann = await host.NewUserAsync();
        var group = await host.NewGroupAsync(ApiHost.NewName());
        await host.AddMemberAsync($"groups/{group}", ann.Id, 30);

        var member = (await host.GetAsync($"/groups/{group}/members/{ann.Id}")).Json.AsObject();

        Assert.Equal(($"{Address}/{ann.Username}", false), ((string?)member["web_url"], (bool?)member["locked"]));
        Assert.True(member.ContainsKey("avatar_url"));
    }
}
