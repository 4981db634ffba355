using System.Text.Json;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class MemberApiTests(ApiHost host)
{
    private const string Forbidden = """{"message":"403 Forbidden"}""";

    [Fact]
    public async Task Members_OfAProject_AreItsOwnOrAllOfThem()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var project = await host.NewProjectAsync(group, ApiHost.NewName());
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());
        await host.AddMemberAsync($"groups/{group}", ann.Id, 20);
        var added = await host.PostAsync(
            $"/projects/{project}/members", JsonSerializer.Serialize(new { user_id = bob.Id, access_level = 40, expires_at = "2100-01-01" }));

        Assert.Equal(
            (201, bob.Id, bob.Username, 40, "2100-01-01"),
            (added.Status, added.Json["id"]!.GetValue<long>(), (string)added.Json["username"]!, (int)added.Json["access_level"]!, (string)added.Json["expires_at"]!));
        Assert.Equal([bob.Id], await IdsAsync($"/projects/{project}/members"));
        Assert.Equal([1, ann.Id, bob.Id], await IdsAsync($"/projects/{project}/members/all"));
        Assert.Equal([ann.Id], await IdsAsync($"/projects/{project}/members/all?query={ann.Username}"));
        Assert.Equal(added.Body, (await host.GetAsync($"/projects/{project}/members/{bob.Id}")).Body);
        Assert.Equal(404, (await host.GetAsync($"/projects/{project}/members/{ann.Id}")).Status);
        Assert.Equal(200, (await host.GetAsync($"/projects/{project}/members/all/{ann.Id}")).Status);

        async Task<IEnumerable<long>> IdsAsync(string list) =>
            (await host.GetAsync(list)).Json.AsArray().Select(static member => member!["id"]!.GetValue<long>());
    }

    [Fact]
    public async Task Add_WhenItCannotBe_SaysWhy()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var project = await host.NewProjectAsync(group, ApiHost.NewName());
        var ann = await host.NewUserAsync();
        await host.AddMemberAsync($"groups/{group}", ann.Id, 30);

        Assert.Equal((409, """{"message":"Member already exists"}"""), await AddAsync("groups", group, ann.Id, 30));
        Assert.Equal((400, """{"error":"access_level does not have a valid value"}"""), await AddAsync("groups", group, ann.Id, 35));
        Assert.Equal((404, """{"message":"404 User Not Found"}"""), await AddAsync("groups", group, 999_999, 30));
        var below = await AddAsync("projects", project, ann.Id, 10);
        Assert.Equal(400, below.Status);
        Assert.StartsWith("""{"message":{"access_level":["should be greater than or equal to Developer""", below.Body, StringComparison.Ordinal);
        Assert.Equal(
            """{"error":"access_level is missing, user_id, username are missing, at least one parameter must be provided"}""",
            (await host.PostAsync($"/groups/{group}/members", "{}")).Body);
    }

    [Fact]
    public async Task Add_ByUsername_MakesThatUserAMember()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var ann = await host.NewUserAsync();
        Task<ApiAnswer> PostAsync(object body) => host.PostAsync($"/groups/{group}/members", JsonSerializer.Serialize(body));

        var both = await PostAsync(new { username = ann.Username, user_id = ann.Id, access_level = 30 });
        Assert.Equal((400, """{"error":"user_id, username are mutually exclusive"}"""), (both.Status, both.Body));
        foreach (var nobody in new[] { "nobody-at-all", "", " ", "a/b", new string('x', 1000) })
        {
            var unknown = await PostAsync(new { username = nobody, access_level = 30 });
            Assert.Equal((404, """{"message":"404 User Not Found"}"""), (unknown.Status, unknown.Body));
        }

        var added = await PostAsync(new { username = ann.Username.ToUpperInvariant(), access_level = 30 });
        Assert.Equal((201, ann.Id, 30), (added.Status, added.Json["id"]!.GetValue<long>(), (int)added.Json["access_level"]!));
    }

    [Theory]
    [InlineData("groups")]
    [InlineData("projects")]
    public async Task End_InThePast_IsRefused(string kind)
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var members = kind == "groups" ? $"/groups/{group}/members" : $"/projects/{await host.NewProjectAsync(group, ApiHost.NewName())}/members";
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());
        await host.AddMemberAsync(members[1..^"/members".Length], ann.Id, 20);
        const string past = """{"message":{"expires_at":["cannot be a date in the past"]}}""";

        var added = await host.PostAsync(members, $$"""{"user_id":{{bob.Id}},"access_level":20,"expires_at":"2020-01-01"}""");
        Assert.Equal((400, past), (added.Status, added.Body));
        var changed = await host.PutAsync($"{members}/{ann.Id}", """{"access_level":20,"expires_at":"2020-01-01"}""");
        Assert.Equal((400, past), (changed.Status, changed.Body));
        Assert.Null((await host.GetAsync($"{members}/{ann.Id}")).Json["expires_at"]);
        Assert.Equal(404, (await host.GetAsync($"{members}/{bob.Id}")).Status);
    }

    [Fact]
    public async Task Maintainer_OfAProject_GrantsNothingAboveItsOwnLevel()
    {
        var project = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());
        var (ann, bob, owner) = (await host.NewUserAsync(), await host.NewUserAsync(), await host.NewUserAsync());
        await host.AddMemberAsync($"projects/{project}", ann.Id, 40);
        await host.AddMemberAsync($"projects/{project}", owner.Id, 50);

        Assert.Equal((403, Forbidden), await AddAsync("projects", project, bob.Id, 50, ann.Token));
        Assert.Equal(201, (await AddAsync("projects", project, bob.Id, 40, ann.Token)).Status);
        Assert.Equal(403, (await host.PutAsync($"/projects/{project}/members/{bob.Id}", """{"access_level":50}""", ann.Token)).Status);
        Assert.Equal(403, (await host.PutAsync($"/projects/{project}/members/{owner.Id}", """{"access_level":10}""", ann.Token)).Status);
        Assert.Equal(403, (await host.DeleteAsync($"/projects/{project}/members/{owner.Id}", "", ann.Token)).Status);
        Assert.Equal(204, (await host.DeleteAsync($"/projects/{project}/members/{bob.Id}", "", ann.Token)).Status);
    }

    [Fact]
    public async Task Member_WhenItLeavesOrIsRemoved_SeesNothingFromThenOn()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var ann = await host.NewUserAsync();
        await host.AddMemberAsync($"groups/{group}", ann.Id, 10);
        Assert.Equal(200, (await host.GetAsync($"/groups/{group}", ann.Token)).Status);

        Assert.Equal(204, (await host.DeleteAsync($"/groups/{group}/members/{ann.Id}", "", ann.Token)).Status);
        Assert.Equal(404, (await host.GetAsync($"/groups/{group}", ann.Token)).Status);
        Assert.Equal(
            (404, """{"message":"404 Not found"}"""),
            ((await host.DeleteAsync($"/groups/{group}/members/{ann.Id}")).Status, (await host.DeleteAsync($"/groups/{group}/members/{ann.Id}")).Body));
    }

    [Fact]
    public async Task LastOwner_OfAGroup_CanNeitherLeaveNorBecomeLess()
    {
        var ann = await host.NewUserAsync();
        var made = await host.PostAsync("/groups", $$"""{"name":"g","path":"{{ApiHost.NewName()}}"}""", ann.Token);
        var group = made.Json["id"]!.GetValue<long>();

        Assert.Equal((201, 50), (made.Status, (int)(await host.GetAsync($"/groups/{group}/members/{ann.Id}", ann.Token)).Json["access_level"]!));
        Assert.Equal(403, (await host.DeleteAsync($"/groups/{group}/members/{ann.Id}", "", ann.Token)).Status);
        Assert.Equal(403, (await host.PutAsync($"/groups/{group}/members/{ann.Id}", """{"access_level":10}""")).Status);
        await host.AddMemberAsync($"groups/{group}", (await host.NewUserAsync()).Id, 50);
        Assert.Equal(200, (await host.PutAsync($"/groups/{group}/members/{ann.Id}", """{"access_level":10}""")).Status);
    }

    [Fact]
    public async Task Making_InAGroup_NeedsTheRoleThere()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        foreach (var (level, project, subgroup) in new[] { (20, 400, 403), (30, 201, 403), (40, 201, 201), (50, 201, 201) })
        {
            var ann = await host.NewUserAsync();
            await host.AddMemberAsync($"groups/{group}", ann.Id, level);
            Assert.Equal(project, (await host.PostAsync("/projects", $$"""{"path":"{{ApiHost.NewName()}}","namespace_id":{{group}}}""", ann.Token)).Status);
            Assert.Equal(
                subgroup,
                (await host.PostAsync("/groups", $$"""{"name":"s","path":"{{ApiHost.NewName()}}","parent_id":{{group}}}""", ann.Token)).Status);
        }

        var stranger = await host.NewUserAsync();
        Assert.Equal(404, (await host.PostAsync("/groups", $$"""{"name":"s","path":"s","parent_id":{{group}}}""", stranger.Token)).Status);
    }

    [Fact]
    public async Task Transfer_OfAGroupToTheTopByAnInheritedOwner_MakesHimItsOwner()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());
        var top = await host.NewGroupAsync(ApiHost.NewName());
        await host.AddMemberAsync($"groups/{top}", ann.Id, 50);
        await host.AddMemberAsync($"groups/{top}", bob.Id, 50);
        var made = await host.PostAsync("/groups", $$"""{"name":"s","path":"{{ApiHost.NewName()}}","parent_id":{{top}}}""", bob.Token);
        var sub = made.Json["id"]!.GetValue<long>();
        Assert.Equal(204, (await host.DeleteAsync($"/groups/{sub}/members/{bob.Id}", "", ann.Token)).Status);

        Assert.Equal(201, (await host.PostAsync($"/groups/{sub}/transfer", "{}", ann.Token)).Status);

        Assert.Equal(200, (await host.GetAsync($"/groups/{sub}/deploy_tokens", ann.Token)).Status);
        var owner = Assert.Single((await host.GetAsync($"/groups/{sub}/members")).Json.AsArray());
        Assert.Equal((ann.Id, 50), ((long)owner!["id"]!, (int)owner["access_level"]!));
        Assert.Contains(sub, (await host.GetAsync("/groups?owned=true", ann.Token)).Json.AsArray().Select(static g => (long)g!["id"]!));
    }

    [Fact]
    public async Task Transfer_Always_NeedsTheRoleOnBothEnds()
    {
        var (from, to) = (await host.NewGroupAsync(ApiHost.NewName()), await host.NewGroupAsync(ApiHost.NewName(), "public"));
        var project = await host.NewProjectAsync(from, ApiHost.NewName());
        var sub = await host.NewGroupAsync(ApiHost.NewName(), parent: from);
        var ann = await host.NewUserAsync();
        await host.AddMemberAsync($"groups/{from}", ann.Id, 50);

        Assert.Equal(400, (await host.PutAsync($"/projects/{project}/transfer", $$"""{"namespace":{{to}}}""", ann.Token)).Status);
        var refused = await host.PostAsync($"/groups/{sub}/transfer", $$"""{"group_id":{{to}}}""", ann.Token);
        Assert.Equal((400, """{"message":"Transfer failed: You don't have enough permissions."}"""), (refused.Status, refused.Body));
        await host.AddMemberAsync($"groups/{to}", ann.Id, 40);
        Assert.Equal(200, (await host.PutAsync($"/projects/{project}/transfer", $$"""{"namespace":{{to}}}""", ann.Token)).Status);
        Assert.Equal(201, (await host.PostAsync($"/groups/{sub}/transfer", $$"""{"group_id":{{to}}}""", ann.Token)).Status);
        Assert.Equal(403, (await host.PutAsync($"/projects/{project}/transfer", $$"""{"namespace":{{from}}}""", ann.Token)).Status); // No owner there.
    }

    [Fact]
    public async Task Visibility_OfAProject_IsForOwnersToChange()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName(), "public");
        var project = await host.NewProjectAsync(group, ApiHost.NewName());
        var ann = await host.NewUserAsync();
        await host.AddMemberAsync($"projects/{project}", ann.Id, 40);

        Assert.Equal(403, (await host.PutAsync($"/projects/{project}", """{"visibility":"public"}""", ann.Token)).Status);
        Assert.Equal(200, (await host.PutAsync($"/projects/{project}", """{"visibility":"private","name":"n"}""", ann.Token)).Status);
        await host.PutAsync($"/projects/{project}/members/{ann.Id}", """{"access_level":50}""");
        Assert.Equal(200, (await host.PutAsync($"/projects/{project}", """{"visibility":"public"}""", ann.Token)).Status);
    }

    private async Task<(int Status, string Body)> AddAsync(string kind, long node, long user, int level, string? credential = ApiHost.AdministratorToken)
    {
        var answer = await host.PostAsync($"/{kind}/{node}/members", JsonSerializer.Serialize(new { user_id = user, access_level = level }), credential);
        return (answer.Status, answer.Body);
    }
}
