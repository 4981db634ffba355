using System.Globalization;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Every operation on a group or project, by everybody, at every visibility (reference §2.1 and §2.5).</summary>
public sealed class RoleMatrixTests(ApiHost host)
{
    private const string Anonymous = "anonymous";
    private const string Stranger = "stranger";
    private const string Administrator = "administrator";

    /// <summary>Somebody who can be in a matrix: without a credential, unrelated, a member of the group at a level, or an administrator.</summary>
    private static readonly string[] Callers =
    [
        Anonymous, Stranger, nameof(AccessLevel.Guest), nameof(AccessLevel.Planner), nameof(AccessLevel.Reporter), nameof(AccessLevel.Developer),
        nameof(AccessLevel.Maintainer), nameof(AccessLevel.Owner), Administrator,
    ];

    /// <summary>In this order: what takes something away comes last.</summary>
    private static readonly Case[] Cases =
    [
        new("GET", "/groups/{group}", AccessLevel.None, 200),
        new("GET", "/projects/{project}", AccessLevel.None, 200),
        new("GET", "/groups/{group}/projects", AccessLevel.None, 200),
        new("GET", "/groups/{group}/subgroups", AccessLevel.None, 200),
        new("GET", "/groups/{group}/descendant_groups", AccessLevel.None, 200),
        new("GET", "/groups/{group}/members", AccessLevel.None, 200, NeedsOperator: true),
        new("GET", "/projects/{project}/members/all", AccessLevel.None, 200, NeedsOperator: true),
        new("GET", "/groups/{group}/deploy_tokens", AccessLevel.Maintainer, 200),
        new("GET", "/groups/{group}/deploy_tokens/{group_token}", AccessLevel.Maintainer, 200),
        new("POST", "/groups/{group}/deploy_tokens", AccessLevel.Owner, 201, """{"name":"t","scopes":"read_registry"}"""),
        new("GET", "/projects/{project}/deploy_tokens", AccessLevel.Maintainer, 200),
        new("GET", "/projects/{project}/deploy_tokens/{project_token}", AccessLevel.Maintainer, 200),
        new("POST", "/projects/{project}/deploy_tokens", AccessLevel.Maintainer, 201, """{"name":"t","scopes":"read_registry"}"""),
        new("GET", "/groups/{group}/audit_events", AccessLevel.Owner, 200),
        new("GET", "/projects/{project}/audit_events", AccessLevel.Maintainer, 200),
        new("GET", "/projects/{project}/ci/deploy_token_variables", AccessLevel.Maintainer, 200),
        new("PUT", "/projects/{project}", AccessLevel.Maintainer, 200, """{"description":"d"}""", NeedsOperator: true),
        new("PUT", "/groups/{group}", AccessLevel.Owner, 200, """{"description":"d"}""", NeedsOperator: true),
        new("POST", "/groups/{group}/members", AccessLevel.Owner, 201, """{"user_id":{other},"access_level":10}""", NeedsOperator: true),
        new("PUT", "/groups/{group}/members/{member}", AccessLevel.Owner, 200, """{"access_level":20}""", NeedsOperator: true),
        new("DELETE", "/groups/{group}/members/{member}", AccessLevel.Owner, 204, NeedsOperator: true),
        new("POST", "/projects/{project}/members", AccessLevel.Maintainer, 201, """{"user_id":{third},"access_level":10}""", NeedsOperator: true),
        new("PUT", "/projects/{project}/members/{project_member}", AccessLevel.Maintainer, 200, """{"access_level":20}""", NeedsOperator: true),
        new("DELETE", "/projects/{project}/members/{project_member}", AccessLevel.Maintainer, 204, NeedsOperator: true),
        new("POST", "/projects/{project}/archive", AccessLevel.Owner, 201, NeedsOperator: true),
        new("POST", "/projects/{project}/unarchive", AccessLevel.Owner, 201, NeedsOperator: true),
        new("POST", "/groups/{group}/archive", AccessLevel.Owner, 201, NeedsOperator: true),
        new("POST", "/groups/{group}/unarchive", AccessLevel.Owner, 201, NeedsOperator: true),
        new("POST", "/projects/{project}/deploy_tokens/{project_token}/revoke", AccessLevel.Maintainer, 200),
        new("DELETE", "/projects/{project}/deploy_tokens/{project_token}", AccessLevel.Maintainer, 204),
        new("POST", "/groups/{group}/deploy_tokens/{group_token}/revoke", AccessLevel.Owner, 200),
        new("DELETE", "/groups/{group}/deploy_tokens/{group_token}", AccessLevel.Owner, 204),
        new("POST", "/projects/{project}/deploy_tokens/revoke", AccessLevel.Maintainer, 200),
        new("POST", "/groups/{group}/deploy_tokens/revoke", AccessLevel.Owner, 200),
        new("PUT", "/projects/{project}/transfer", AccessLevel.Owner, 200, """{"namespace":"{destination}"}""", NeedsOperator: true),
        new("DELETE", "/projects/{project}", AccessLevel.Owner, 202, NeedsOperator: true),
        new("POST", "/groups/{group}/transfer", AccessLevel.Owner, 201, NeedsOperator: true),
        new("DELETE", "/groups/{group}", AccessLevel.Owner, 202, NeedsOperator: true),
    ];

    public static MatrixTheoryData<string, string> CallersAndVisibilities => new(Callers, ["private", "internal", "public"]);

    [Theory]
    [MemberData(nameof(CallersAndVisibilities))]
    public async Task EveryOperation_ByEverybody_IsAnsweredAsTheReferenceSays(string caller, string visibility)
    {
        var scene = await SceneAsync(caller, visibility);

        foreach (var tried in Cases)
        {
            var answer = await host.SendAsync(
                new HttpMethod(tried.Method),
                scene.Fill(tried.Path),
                tried.Method == "GET" ? null : new StringContent(scene.Fill(tried.Body), null, "application/json"),
                scene.Credential);

            var expected = Expected(tried, caller, visibility);
            Assert.True(expected == (answer.Status, Refusal(answer)), $"{tried}: {expected} expected, and {answer.Status} {answer.Body} answered.");
        }
    }

    [Theory]
    [MemberData(nameof(CallersAndVisibilities))]
    public async Task Lists_ForEverybody_ShowWhatIsVisible(string caller, string visibility)
    {
        var scene = await SceneAsync(caller, visibility);
        var expected = Sees(caller, visibility) ? 1 : 0;
        var isMember = Level(caller) > AccessLevel.None && caller != Administrator;

        foreach (var (list, count) in new[]
        {
            ($"/projects?search={scene.Name}", expected),
            ($"/groups?search={scene.Name}", expected),
            ($"/groups?top_level_only=true&search={scene.Name}", expected),
            ($"/projects?membership=true&search={scene.Name}", isMember ? 1 : 0),
            ($"/projects?min_access_level=30&search={scene.Name}", isMember && Level(caller) >= AccessLevel.Developer ? 1 : 0),
            ($"/groups?owned=true&search={scene.Name}", caller is nameof(AccessLevel.Owner) ? 1 : 0),
        })
        {
            var answer = await host.GetAsync(list, scene.Credential);
            Assert.Equal((200, count), (answer.Status, answer.Json.AsArray().Count));
            Assert.Equal(count.ToString(CultureInfo.InvariantCulture), answer.Header("X-Total"));
        }
    }

    private static (int Status, string? Refusal) Expected(Case tried, string caller, string visibility) =>
        tried.NeedsOperator && caller == Anonymous ? (401, """{"message":"401 Unauthorized"}""")
        : !Sees(caller, visibility) ? (404, tried.Path.StartsWith("/groups", StringComparison.Ordinal)
            ? """{"message":"404 Group Not Found"}"""
            : """{"message":"404 Project Not Found"}""")
        : Level(caller) < tried.Least ? (403, """{"message":"403 Forbidden"}""")
        : (tried.Success, null);

    private static bool Sees(string caller, string visibility) =>
        Level(caller) > AccessLevel.None || visibility == "public" || (visibility == "internal" && caller != Anonymous);

    private static AccessLevel Level(string caller) =>
        caller == Administrator ? AccessLevel.Owner : Enum.TryParse<AccessLevel>(caller, out var level) ? level : AccessLevel.None;

    private static string? Refusal(ApiAnswer answer) => answer.Status >= 400 ? answer.Body : null;

    /// <summary>A group and a project of a visibility, each with a deploy token and a member, and the credential of the caller.</summary>
    private async Task<Scene> SceneAsync(string caller, string visibility)
    {
        var name = ApiHost.NewName("matrix");
        var group = await host.NewGroupAsync(name, visibility);
        var project = await host.NewProjectAsync(group, name, visibility);
        var (groupToken, projectToken) = (await host.NewTokenAsync($"groups/{group}"), await host.NewTokenAsync($"projects/{project}"));
        var users = new List<ApiUser>();
        for (var i = 0; i < 4; i++)
        {
            users.Add(await host.NewUserAsync());
        }

        await host.AddMemberAsync($"groups/{group}", users[0].Id, 10);
        await host.AddMemberAsync($"projects/{project}", users[1].Id, 10);
        var self = caller is Anonymous ? null : await host.NewUserAsync(admin: caller == Administrator);
        if (self is not null && caller != Administrator && Level(caller) > AccessLevel.None)
        {
            await host.AddMemberAsync($"groups/{group}", self.Id, (int)Level(caller));
        }

        var destination = await host.NewGroupAsync(ApiHost.NewName("destination"), visibility);
        if (self is not null && caller != Administrator && Level(caller) == AccessLevel.Owner)
        {
            await host.AddMemberAsync($"groups/{destination}", self.Id, (int)AccessLevel.Owner);
        }

        return new Scene(name, self?.Token, new Dictionary<string, string>
        {
            ["{group}"] = $"{group}",
            ["{destination}"] = $"{destination}",
            ["{project}"] = $"{project}",
            ["{group_token}"] = $"{groupToken}",
            ["{project_token}"] = $"{projectToken}",
            ["{member}"] = $"{users[0].Id}",
            ["{project_member}"] = $"{users[1].Id}",
            ["{other}"] = $"{users[2].Id}",
            ["{third}"] = $"{users[3].Id}",
        });
    }

    private sealed record Scene(string Name, string? Credential, Dictionary<string, string> Values)
    {
        public string Fill(string text) => Values.Aggregate(text, static (filled, value) => filled.Replace(value.Key, value.Value, StringComparison.Ordinal));
    }

    private sealed record Case(
        string Method, string Path, AccessLevel Least, int Success, string Body = "{}", bool NeedsOperator = false);
}
