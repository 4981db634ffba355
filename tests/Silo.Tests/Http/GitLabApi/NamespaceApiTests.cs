using System.Text.Json.Nodes;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class NamespaceApiTests(ApiHost host)
{
    [Fact]
    public async Task Group_WhenMade_IsShownByIdAndByPath()
    {
        var (path, child) = (ApiHost.NewName("acme"), ApiHost.NewName("platform"));
        var made = await host.PostAsync(
            "/groups", $$"""{"name":"Acme","path":"{{path}}","description":"a\nb","visibility":"public","unknown":[{}]}""");
        var id = await host.NewGroupAsync(child, parent: made.Json["id"]!.GetValue<long>());

        Assert.Equal(201, made.Status);
        Assert.Equal("a\nb", (string?)made.Json["description"]);
        Assert.Equal("public", (string?)made.Json["visibility"]);
        Assert.Null(made.Json["parent_id"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)made.Json["created_at"]);
        var byPath = await host.GetAsync($"/groups/{path}%2F{child.ToUpperInvariant()}");
        var byId = await host.GetAsync($"/groups/{id}");
        Assert.Equal($"{path}/{child}", (string?)byPath.Json["full_path"]);
        Assert.Equal("Acme / " + child, (string?)byPath.Json["full_name"]);
        Assert.True(JsonNode.DeepEquals(byPath.Json, byId.Json));
    }

    [Fact]
    public async Task Project_WhenGivenANameOnly_MakesItsPathOfIt()
    {
        var group = ApiHost.NewName("acme");
        var id = await host.NewGroupAsync(group);

        var made = await host.PostAsync("/projects", $$"""{"name":" My  App (2)!","namespace_id":"{{id}}"}""");

        Assert.Equal(201, made.Status);
        Assert.Equal($"{group}/my-app-2", (string?)made.Json["path_with_namespace"]);
        Assert.Equal(id, (long?)made.Json["namespace"]!["id"]);
        Assert.Equal(group, (string?)made.Json["namespace"]!["full_path"]);
    }

    [Theory]
    [InlineData("/groups", "{}", """{"error":"name is missing, path is missing"}""")]
    [InlineData("/groups", """{"name":"a","path":"-x"}""", """{"message":{"path":["can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.', '.git', '.atom' or '.wiki'"]}}""")]
    [InlineData("/groups", """{"name":"a","path":"a","visibility":"secret"}""", """{"error":"visibility does not have a valid value"}""")]
    [InlineData("/groups", """{"name":{},"path":"a\u0000"}""", """{"error":"name is invalid, path contains a control character"}""")]
    [InlineData("/groups", """{"name":" ","path":"blank"}""", """{"message":{"name":["can't be blank"]}}""")]
    [InlineData("/groups", """{"name":"a","path":"api"}""", """{"message":{"path":["api is a reserved name"]}}""")]
    [InlineData("/groups", """{"name":"a","path":"V2"}""", """{"message":{"path":["V2 is a reserved name"]}}""")]
    [InlineData("/groups", """{"name":"a","path":"dependency_proxy"}""", """{"message":{"path":["dependency_proxy is a reserved name"]}}""")]
    [InlineData("/projects", """{"name":"a","path":"dependency_proxy"}""", """{"message":{"path":["dependency_proxy is a reserved name"]}}""")]
    [InlineData("/projects", """{"name":"blob"}""", """{"message":{"path":["blob is a reserved name"]}}""")]
    [InlineData("/projects", """{"name":"!bad","path":"a"}""", """{"message":{"name":["can contain only letters, digits, emojis, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, emoji, or '_'."]}}""")]
    [InlineData("/groups", """{"name":"-a","path":"a"}""", """{"message":{"name":["can contain only letters, digits, emojis, '_', '.', dash, space, parenthesis. It must start with letter, digit, emoji or '_'."]}}""")]
    [InlineData("/projects", "{}", """{"error":"name, path are missing, at least one parameter must be provided"}""")]
    [InlineData("/projects", """{"name":"a","namespace_id":0}""", """{"message":{"namespace":["is not valid"]}}""")]
    [InlineData("/projects", """{"name":"a","namespace_id":-1}""", """{"message":{"namespace":["is not valid"]}}""")]
    [InlineData("/projects", """{"name":"a","namespace_id":9223372036854775807}""", """{"message":{"namespace":["is not valid"]}}""")]
    [InlineData("/projects", """{"name":"a","namespace_id":"acme"}""", """{"error":"namespace_id is invalid"}""")]
    public async Task Making_WhenSomethingIsWrong_SaysWhat(string target, string json, string expected)
    {
        var answer = await host.PostAsync(target, json);

        Assert.Equal(400, answer.Status);
        Assert.Equal(expected, answer.Body);
    }

    [Fact]
    public async Task RenamingAndMoving_ToAReservedName_IsRefused()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName("g"));
        var project = await host.NewProjectAsync(group, ApiHost.NewName("p"));
        var below = await host.PostAsync("/groups", $$"""{"name":"below","path":"explore","parent_id":{{group}}}""");
        var renamed = await host.PutAsync($"/projects/{project}", """{"path":"dependency_proxy"}""");
        var moved = await host.PostAsync($"/groups/{below.Json["id"]}/transfer");
        var called = await host.PutAsync($"/groups/{group}", """{"name":"?"}""");

        Assert.Equal(201, below.Status);
        Assert.Equal((400, """{"message":{"path":["dependency_proxy is a reserved name"]}}"""), (renamed.Status, renamed.Body));
        Assert.Equal((400, """{"message":{"path":["explore is a reserved name"]}}"""), (moved.Status, moved.Body));
        Assert.Equal(400, called.Status);
    }

    [Theory]
    [InlineData("Grüße 😀_v1.2 - x")]
    [InlineData("🚀 start")]
    [InlineData("_under")]
    [InlineData("日本")]
    [InlineData("R&D: tools!")]
    public async Task Making_WithANameThatBeginsWell_Works(string name)
    {
        var group = await host.PostAsync("/groups", $$"""{"name":"{{name}}","path":"{{ApiHost.NewName()}}"}""");

        Assert.Equal((201, name), (group.Status, (string?)group.Json["name"]));
    }

    [Fact]
    public async Task Making_WhenTheNameIsTooLongOrThePathTaken_SaysWhichField()
    {
        var path = ApiHost.NewName("taken");
        await host.NewGroupAsync(path);

        var taken = await host.PostAsync("/groups", $$"""{"name":"x","path":"{{path.ToUpperInvariant()}}"}""");
        var tooLong = await host.PostAsync("/groups", $$"""{"name":"{{new string('x', 256)}}","path":"{{ApiHost.NewName()}}"}""");

        Assert.Equal((400, """{"message":{"path":["has already been taken"]}}"""), (taken.Status, taken.Body));
        Assert.Equal((400, """{"message":{"name":["is too long (maximum is 255 characters)"]}}"""), (tooLong.Status, tooLong.Body));
        var farTooLong = await host.PostAsync("/groups", $$"""{"name":"{{new string('x', 70_000)}}","path":"{{ApiHost.NewName()}}"}""");
        Assert.Equal((tooLong.Status, tooLong.Body), (farTooLong.Status, farTooLong.Body));
    }

    [Theory]
    [InlineData("/groups")]
    [InlineData("/projects")]
    public async Task Making_WithANameOutsideTheBasicPlane_CountsItsCharacters(string target)
    {
        string Json(int length) => $$"""{"name":"{{string.Concat(Enumerable.Repeat("🚀", length))}}","path":"{{ApiHost.NewName()}}"}""";

        Assert.Equal(201, (await host.PostAsync(target, Json(255))).Status);
        Assert.Equal(400, (await host.PostAsync(target, Json(256))).Status);
    }

    [Theory]
    [InlineData("/projects/0")]
    [InlineData("/projects/-1")]
    [InlineData("/projects/999999")]
    [InlineData("/projects/99999999999999999999999")]
    [InlineData("/projects/acme")]
    [InlineData("/projects/a%2Fb%2Fc")]
    [InlineData("/projects/a%252Fb")]
    [InlineData("/projects/%2F")]
    [InlineData("/projects/%ff%2Fb")]
    [InlineData("/projects/..%2Fb")]
    public async Task Project_WhenThereIsNone_Is404(string target)
    {
        var answer = await host.GetAsync(target);

        Assert.Equal((404, """{"message":"404 Project Not Found"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Group_WhenAddressedAsAProject_Is404()
    {
        var (group, project) = (ApiHost.NewName("g"), ApiHost.NewName("p"));
        await host.NewProjectAsync(await host.NewGroupAsync(group), project);

        Assert.Equal("""{"message":"404 Group Not Found"}""", (await host.GetAsync($"/groups/{group}%2F{project}")).Body);
        Assert.Equal("""{"message":"404 Project Not Found"}""", (await host.GetAsync($"/projects/{group}")).Body);
        Assert.Equal("""{"message":"404 Project Not Found"}""", (await host.GetAsync($"/projects/{group}%2F{project}%2Fimage")).Body);
    }

    [Fact]
    public async Task Project_WhenRenamed_RedirectsReadersAndRefusesOthers()
    {
        var (group, old) = (ApiHost.NewName("g"), ApiHost.NewName("old"));
        var id = await host.NewProjectAsync(await host.NewGroupAsync(group), old);

        var renamed = await host.PutAsync($"/projects/{id}", $$"""{"path":"{{ApiHost.NewName("new")}}","name":"New"}""");
        var read = await host.GetAsync($"/projects/{group}%2F{old}/deploy_tokens?active=true&private_token={ApiHost.AdministratorToken}", null);
        var written = await host.PostAsync($"/projects/{group}%2F{old}/archive");
        var anonymous = await host.GetAsync($"/projects/{group}%2F{old}", credential: null);

        Assert.Equal(200, renamed.Status);
        Assert.Equal(302, read.Status);
        Assert.Equal(new Uri(host.Client.BaseAddress!, $"/api/v4/projects/{id}/deploy_tokens?active=true"), read.Headers.Location);
        Assert.Equal((405, """{"message":"Non GET methods are not allowed for moved projects"}"""), (written.Status, written.Body));
        Assert.Equal(404, anonymous.Status);
    }

    [Fact]
    public async Task Project_WhenChanged_KeepsWhatWasNotNamed()
    {
        var id = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName(), "public"), ApiHost.NewName());

        await host.PutAsync($"/projects/{id}", """{"description":"d","visibility":"internal"}""");
        var changed = await host.PutAsync($"/projects/{id}", """{"name":"N","description":null}""");
        var nothing = await host.PutAsync($"/projects/{id}");

        Assert.Equal("d", (string?)changed.Json["description"]);
        Assert.Equal("internal", (string?)changed.Json["visibility"]);
        Assert.Equal(
            """{"error":"name, path, description, visibility, repository_access_level, container_registry_access_level, package_registry_access_level, container_registry_enabled, packages_enabled are missing, at least one parameter must be provided"}""", nothing.Body);
    }

    [Fact]
    public async Task Group_WhenMadeLessVisibleThanWhatIsInIt_SaysWhy()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName(), "public");
        var project = await host.NewProjectAsync(group, ApiHost.NewName(), "internal");
        var refused = await host.PutAsync($"/groups/{group}", """{"visibility":"private"}""");
        Assert.Equal(
            (400, """{"message":{"visibility_level":["private is not allowed since this group contains projects with higher visibility."]}}"""),
            (refused.Status, refused.Body));

        await host.NewGroupAsync(ApiHost.NewName(), "public", group);
        await host.PutAsync($"/projects/{project}", """{"visibility":"private"}""");
        Assert.Equal(
            """{"message":{"visibility_level":["internal is not allowed since there are sub-groups with higher visibility."]}}""",
            (await host.PutAsync($"/groups/{group}", """{"visibility":"internal"}""")).Body);
        Assert.Equal("public", (string?)(await host.GetAsync($"/groups/{group}")).Json["visibility"]);
    }

    [Fact]
    public async Task Making_MoreVisibleThanTheGroupAbove_SaysWhy()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var project = await host.PostAsync("/projects", $$"""{"path":"x","namespace_id":{{group}},"visibility":"public"}""");
        Assert.Equal(
            (400, """{"message":{"visibility_level":["public is not allowed in a private group."]}}"""), (project.Status, project.Body));
        var below = await host.PutAsync($"/groups/{await host.NewGroupAsync(ApiHost.NewName(), parent: group)}", """{"visibility":"internal"}""");
        Assert.Equal(
            (400, """{"message":{"visibility_level":["internal is not allowed since the parent group has a private visibility."]}}"""),
            (below.Status, below.Body));
    }

    [Fact]
    public async Task Group_WhenTransferred_IsBelowTheOther()
    {
        var (outer, inner) = (ApiHost.NewName("outer"), ApiHost.NewName("inner"));
        var (outerId, innerId) = (await host.NewGroupAsync(outer), await host.NewGroupAsync(inner));

        var moved = await host.PostAsync($"/groups/{inner}/transfer", $$"""{"group_id":{{outerId}}}""");
        var below = await host.PostAsync($"/groups/{outer}/transfer", $$"""{"group_id":{{innerId}}}""");
        var nowhere = await host.PostAsync($"/groups/{innerId}/transfer", """{"group_id":999999}""");
        var top = await host.PostAsync($"/groups/{innerId}/transfer");

        Assert.Equal((201, $"{outer}/{inner}"), (moved.Status, (string?)moved.Json["full_path"]));
        Assert.Equal(
            (400, """{"message":"400 Bad request - A group cannot be moved below itself."}"""), (below.Status, below.Body));
        Assert.Equal((404, """{"message":"404 Group Not Found"}"""), (nowhere.Status, nowhere.Body));
        Assert.Equal((201, inner), (top.Status, (string?)top.Json["full_path"]));
    }

    [Fact]
    public async Task Project_WhenTransferred_IsInTheOtherGroup()
    {
        var (from, to, project) = (ApiHost.NewName("from"), ApiHost.NewName("to"), ApiHost.NewName("p"));
        var id = await host.NewProjectAsync(await host.NewGroupAsync(from), project);
        await host.NewGroupAsync(to);

        var moved = await host.PutAsync($"/projects/{id}/transfer", $$"""{"namespace":"{{to}}"}""");
        var nowhere = await host.PutAsync($"/projects/{id}/transfer", """{"namespace":"no/where"}""");

        Assert.Equal((200, $"{to}/{project}"), (moved.Status, (string?)moved.Json["path_with_namespace"]));
        Assert.Equal((404, """{"message":"404 Namespace Not Found"}"""), (nowhere.Status, nowhere.Body));
        var again = await host.PutAsync($"/projects/{id}/transfer", $$"""{"namespace":"{{to}}"}""");
        Assert.Equal(
            (400, """{"message":"Failed to transfer project Project is already in this namespace."}"""), (again.Status, again.Body));
    }

    [Fact]
    public async Task Archiving_WhenUndone_LeavesItAsBefore()
    {
        var id = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());

        var archived = await host.PostAsync($"/projects/{id}/archive", "{}");
        var back = await host.PostAsync($"/projects/{id}/unarchive");

        Assert.Equal((201, true), (archived.Status, (bool?)archived.Json["archived"]));
        Assert.Equal((201, false), (back.Status, (bool?)back.Json["archived"]));
    }

    [Fact]
    public async Task Group_WhenDeleted_IsGoneWithAllBelow()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var project = await host.NewProjectAsync(group, ApiHost.NewName());

        var deleted = await host.DeleteAsync($"/groups/{group}", "{}");

        Assert.Equal((202, """{"message":"202 Accepted"}"""), (deleted.Status, deleted.Body));
        Assert.Equal(404, (await host.GetAsync($"/groups/{group}")).Status);
        Assert.Equal(404, (await host.GetAsync($"/projects/{project}")).Status);
        Assert.Equal(404, (await host.DeleteAsync($"/groups/{group}")).Status);
    }

    [Fact]
    public async Task Lists_WhenNarrowed_HoldWhatWasAskedFor()
    {
        var (top, sub) = (ApiHost.NewName("list"), ApiHost.NewName("sub"));
        var topId = await host.NewGroupAsync(top);
        var subId = await host.NewGroupAsync(sub, parent: topId);
        var deep = await host.NewGroupAsync(ApiHost.NewName("deep"), parent: subId);
        var first = await host.NewProjectAsync(topId, ApiHost.NewName("first"));
        var second = await host.NewProjectAsync(subId, ApiHost.NewName("second"));

        await AssertIdsAsync($"/groups?search={top}&top_level_only=True", topId);
        await AssertIdsAsync($"/groups?search={sub}&top_level_only=1");
        await AssertIdsAsync($"/groups?search={sub.ToUpperInvariant()}", subId);
        await AssertIdsAsync($"/groups/{top}/subgroups", subId);
        await AssertIdsAsync($"/groups/{top}/descendant_groups?order_by=id", subId, deep);
        await AssertIdsAsync($"/groups/{top}/projects", first);
        await AssertIdsAsync($"/groups/{top}/projects?include_subgroups=true&order_by=id&sort=desc", second, first);
        await AssertIdsAsync($"/groups/{top}/projects?include_subgroups=true&order_by=id&sort=asc&per_page=1", first);
        await AssertIdsAsync($"/groups/{top}/projects?include_subgroups=true&order_by=id&sort=asc&per_page=1&page=2", second);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("member")]
    public async Task Lists_WhenNarrowedByWhatThingsAre_HoldThoseOnly(string? role)
    {
        var name = ApiHost.NewName("sort");
        var top = await host.NewGroupAsync(name, "public");
        var hidden = await host.NewGroupAsync(name + "-hidden", "private", top);
        var shown = await host.NewGroupAsync(name + "-shown", "public", top);
        var open = await host.NewProjectAsync(shown, name + "-open", "public");
        var closed = await host.NewProjectAsync(hidden, name + "-closed", "private");
        var old = await host.NewProjectAsync(shown, name + "-old", "public");
        await host.PostAsync($"/projects/{old}/archive");
        var caller = ApiHost.AdministratorToken;
        if (role is not null)
        {
            var ann = await host.NewUserAsync();
            await host.AddMemberAsync($"groups/{top}", ann.Id, 20);
            caller = ann.Token;
        }

        await AssertAsync($"/projects?search={name}&order_by=id&sort=asc", open, closed, old);
        await AssertAsync($"/projects?search={name}&order_by=id&sort=asc&archived=false&starred=false", open, closed);
        await AssertAsync($"/projects?search={name}&archived=true", old);
        await AssertAsync($"/projects?search={name}&visibility=private", closed);
        await AssertAsync($"/projects?search={name}&visibility=public&archived=0", open);
        await AssertAsync($"/projects?search={name}&visibility=internal");
        await AssertAsync($"/groups/{shown}/projects?archived=true", old);
        await AssertAsync($"/groups/{top}/projects?include_subgroups=true&archived=true", old);
        await AssertAsync($"/groups/{top}/projects?include_subgroups=true&visibility=private", closed);
        await AssertAsync($"/groups?search={name}&visibility=private", hidden);
        await AssertAsync($"/groups/{top}/subgroups?visibility=public", shown);
        await AssertAsync($"/groups/{top}/descendant_groups?visibility=private", hidden);
        await AssertAsync($"/projects?search={name}&order_by=last_activity_at&sort=asc", open, closed, old);
        await AssertAsync($"/projects?search={name}&order_by=updated_at", old, closed, open);

        async Task AssertAsync(string target, params long[] expected)
        {
            var answer = await host.GetAsync(target, caller);
            Assert.True(answer.Status == 200, answer.Body);
            Assert.Equal(expected, answer.Json.AsArray().Select(item => item!["id"]!.GetValue<long>()));
            Assert.Equal($"{expected.Length}", answer.Header("X-Total"));
        }
    }

    [Theory]
    [InlineData("/groups?order_by=size", "order_by does not have a valid value")]
    [InlineData("/projects?sort=up", "sort does not have a valid value")]
    [InlineData("/projects?per_page=0", "per_page has a value not allowed")]
    [InlineData("/groups?top_level_only=maybe", "top_level_only is invalid")]
    [InlineData("/groups?search=%ff", "search is not valid UTF-8")]
    [InlineData("/groups?skip_groups[]=1", "skip_groups is not supported here")]
    [InlineData("/projects?id_after=5&created_after=2026-01-01", "id_after is not supported here, created_after is not supported here")]
    [InlineData("/groups/1/projects?starred=true", "starred is not supported here")]
    [InlineData("/users/root/projects?topic=x", "topic is not supported here")]
    [InlineData("/projects?visibility=secret", "visibility does not have a valid value")]
    [InlineData("/projects?archived=maybe", "archived is invalid")]
    [InlineData("/groups?order_by=updated_at", "order_by does not have a valid value")]
    public async Task Lists_WhenAskedWrongly_SayWhat(string target, string expected)
    {
        var answer = await host.GetAsync(target);

        Assert.Equal((400, $$"""{"error":"{{expected}}"}"""), (answer.Status, answer.Body));
    }

    private async Task AssertIdsAsync(string target, params long[] expected)
    {
        var answer = await host.GetAsync(target);
        Assert.True(answer.Status == 200, answer.Body);
        Assert.Equal(expected, answer.Json.AsArray().Select(item => item!["id"]!.GetValue<long>()));
    }
}
