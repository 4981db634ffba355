using System.Text;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>The endpoint over a real grid, asked as proxies ask.</summary>
public sealed class ForwardAuthEndpointTests(GridFixture grid) : IClassFixture<GridFixture>
{
    private const DeployTokenScopes Code = DeployTokenScopes.ReadRepository;
    private const string Fetch = "/info/refs?service=git-upload-pack";
    private const string Push = "/info/refs?service=git-receive-pack";
    private const string LfsBatch = "/info/lfs/objects/batch";
    private const string LfsLocks = "/info/lfs/locks";

    [Fact]
    public async Task Fetch_WithATokenOfTheProject_IsAllowedAndSaysWhoAsks()
    {
        var place = await PlaceAsync("allowed");
        var token = await grid.TokenAsync(place.Project.AsNamespace, Code);

        foreach (var path in new[] { "allowed/api.git", "allowed/api.wiki.git", "ALLOWED/Api.git" })
        {
            var answer = await AskAsync("GET", "/" + path + Fetch, Basic(token));

            Assert.Equal((200, ""), (answer.Status, answer.Body));
            Assert.Equal($"gitlab+deploy-token-{token.Token.Id}", answer["X-Auth-User"]);
            Assert.Equal(token.Token.Id.ToString(), answer["X-Auth-Token-Id"]);
            Assert.Equal("allowed/api", answer["X-Auth-Project"]);
            Assert.Equal("no-store", answer["Cache-Control"]);
        }
    }

    [Fact]
    public async Task Fetch_WithATokenOfAGroupAbove_IsAllowed()
    {
        var place = await PlaceAsync("above");
        var token = await grid.TokenAsync(place.Group.AsNamespace, Code, username: "ci");

        var answer = await AskAsync("POST", "/above/api.git/git-upload-pack", Basic("ci", token.Secret.Reveal()));

        Assert.Equal((200, "ci"), (answer.Status, answer["X-Auth-User"]));
    }

    [Fact]
    public async Task Fetch_WhenTheRepositoryIsSwitchedOff_IsAsWithAWrongCredential_AndWorksAgainAfterwards()
    {
        var group = await grid.GroupAsync("off", Visibility.Public);
        var project = await grid.ProjectAsync(group, "api", Visibility.Public);
        var token = Basic(await grid.TokenAsync(project.AsNamespace, Code));

        await SetAsync(FeatureAccess.Disabled);
        Assert.Equal(401, (await AskAsync("GET", "/off/api.git" + Fetch, token)).Status);
        Assert.Equal(401, (await AskAsync("GET", "/off/api.git" + Fetch)).Status);

        await SetAsync(FeatureAccess.Private);
        Assert.Equal(200, (await AskAsync("GET", "/off/api.git" + Fetch, token)).Status);
        Assert.Equal(401, (await AskAsync("GET", "/off/api.git" + Fetch)).Status);

        await SetAsync(FeatureAccess.Enabled);
        Assert.Equal(200, (await AskAsync("GET", "/off/api.git" + Fetch)).Status);

        Task SetAsync(FeatureAccess access) => grid.Administration.ChangeNamespaceAsync(
            project.AsNamespace, new ChangeNamespace(null, null, null, null, null, default, new ChangeFeatures(access, null, null)));
    }

    [Fact]
    public async Task Fetch_InEveryConvention_IsAnsweredTheSame()
    {
        var place = await PlaceAsync("conventions");
        var token = Basic(await grid.TokenAsync(place.Project.AsNamespace, Code));
        const string Uri = "/conventions/api.git" + Fetch;

        string[][] conventions =
        [
            ["GET /forward-auth", "X-Original-URI: " + Uri, "X-Original-Method: GET"],
            ["HEAD /forward-auth", "x-original-uri: " + Uri, "x-original-method: GET"],
            ["GET /forward-auth", "X-Original-URL: https://git.example" + Uri, "X-Original-Method: GET"],
            ["GET /forward-auth?service=git-upload-pack", "X-Forwarded-Uri: " + Uri, "X-Forwarded-Method: GET"],
            ["PUT /forward-auth", "X-Forwarded-Uri: " + Uri, "X-Forwarded-Method: GET", "X-Forwarded-Host: elsewhere"],
            ["GET /forward-auth" + Uri],
        ];
        foreach (var convention in conventions)
        {
            var (method, target) = (convention[0].Split(' ')[0], convention[0].Split(' ')[1]);
            string[] headers = [.. convention[1..], token];

            Assert.Equal(200, (await RawHttp.SendAsync(grid.Server, method, target, headers)).Status);
            Assert.Equal(401, (await RawHttp.SendAsync(grid.Server, method, target, convention[1..])).Status);
        }
    }

    [Fact]
    public async Task Fetch_WithoutCredentials_IsAskedForThem()
    {
        _ = await PlaceAsync("challenge");

        foreach (var path in new[] { "challenge/api.git", "challenge/none.git", "nowhere/at/all.git" })
        {
            var answer = await AskAsync("GET", "/" + path + Fetch);

            Assert.Equal((401, "Basic realm=\"GitLab\""), (answer.Status, answer["WWW-Authenticate"]));
            Assert.StartsWith("HTTP Basic: Access denied.", answer.Body, StringComparison.Ordinal);
            Assert.Null(answer["X-Auth-User"]);
        }
    }

    [Fact]
    public async Task Fetch_OfAPublicProjectWithoutCredentials_IsAllowedToNobodyInParticular()
    {
        var group = await grid.GroupAsync("open", Visibility.Public);
        _ = await grid.ProjectAsync(group, "api", Visibility.Public);

        var answer = await AskAsync("GET", "/open/api.git" + Fetch);

        Assert.Equal((200, "(anonymous)", "0"), (answer.Status, answer["X-Auth-User"], answer["X-Auth-Token-Id"]));
        Assert.Equal(401, (await AskAsync("GET", "/open/api.git" + Push)).Status);
        Assert.Equal(401, (await AskAsync("POST", "/open/api.git" + LfsLocks)).Status);
    }

    [Fact]
    public async Task Fetch_WithAnythingButARightCredential_IsUnauthorizedInOneForm()
    {
        var place = await PlaceAsync("wrong");
        var other = await PlaceAsync("wrong-other");
        var token = await grid.TokenAsync(place.Project.AsNamespace, Code, username: "ci");
        var revoked = await grid.TokenAsync(place.Project.AsNamespace, Code);
        await grid.RevokeAsync(revoked);
        var secret = token.Secret.Reveal();

        string[] credentials =
        [
            Basic("other", secret),
            Basic("CI", secret),
            Basic("", secret),
            Basic("ci", ""),
            Basic("ci", "gldt-" + new string('x', 20)),
            Basic("ci", secret[..^1] + (secret[^1] == 'A' ? 'B' : 'A')),
            Basic("ci", "not-ours"),
            Basic("ci", new string('x', 2000)),
            Basic(revoked),
            Basic(await grid.TokenAsync(place.Project.AsNamespace, Code, expiresAt: DateTimeOffset.UnixEpoch)),
            Basic(await grid.TokenAsync(other.Project.AsNamespace, Code)),
            Basic(await grid.TokenAsync(place.Project.AsNamespace, DeployTokenScopes.ReadPackageRegistry)),
            "Authorization: Basic !!!",
            "Authorization: Basic " + Convert.ToBase64String("nocolon"u8),
        ];
        foreach (var credential in credentials)
        {
            var answer = await AskAsync("GET", "/wrong/api.git" + Fetch, credential);

            Assert.Equal((401, "Basic realm=\"GitLab\""), (answer.Status, answer["WWW-Authenticate"]));
            Assert.Null(answer["X-Auth-Reason"]);
        }
    }

    [Fact]
    public async Task Fetch_WithTwoAuthorizations_IsUnauthorized()
    {
        var place = await PlaceAsync("twice");
        var token = Basic(await grid.TokenAsync(place.Project.AsNamespace, Code));

        Assert.Equal(401, (await AskAsync("GET", "/twice/api.git" + Fetch, token, Basic("a", "b"))).Status);
    }

    [Fact]
    public async Task Fetch_WithoutTheScope_IsForbiddenInGitLabsWords()
    {
        var place = await PlaceAsync("scope");
        var token = Basic(await grid.TokenAsync(place.Project.AsNamespace, DeployTokenScopes.ReadRegistry));

        var fetch = await AskAsync("GET", "/scope/api.git" + Fetch, token);
        var lfs = await AskAsync("POST", "/scope/api.git" + LfsBatch, token);
        var lock_ = await AskAsync("POST", "/scope/api.git" + LfsLocks, token);

        Assert.Equal((403, null, "You are not allowed to download code."), (fetch.Status, fetch["X-Auth-Reason"], fetch.Body));
        Assert.Equal((403, "not_found", "{\"message\":\"Not found.\"}"), (lfs.Status, lfs["X-Auth-Reason"], lfs.Body));
        Assert.Equal((403, "not_found", "application/vnd.git-lfs+json"), (lock_.Status, lock_["X-Auth-Reason"], lock_["Content-Type"]));
    }

    [Fact]
    public async Task Push_WithAnyToken_IsForbidden()
    {
        var place = await PlaceAsync("push");
        var token = Basic(await grid.TokenAsync(place.Group.AsNamespace, ScopeNames.All));

        var refs = await AskAsync("GET", "/push/api.git" + Push, token);
        var pack = await AskAsync("POST", "/push/api.git/git-receive-pack", token);
        var locks = await AskAsync("POST", "/push/api.git" + LfsLocks, token);

        Assert.Equal((403, "You are not allowed to upload code."), (refs.Status, refs.Body));
        Assert.Equal((403, "You are not allowed to upload code."), (pack.Status, pack.Body));
        Assert.Equal((403, "{\"message\":\"Access forbidden. Check your access level.\"}"), (locks.Status, locks.Body));
        Assert.Equal(200, (await AskAsync("POST", "/push/api.git" + LfsBatch, token)).Status);
    }

    [Fact]
    public async Task Fetch_OfAProjectThatDoesNotExist_IsForbiddenAsNotFound()
    {
        var place = await PlaceAsync("missing");
        var token = Basic(await grid.TokenAsync(place.Group.AsNamespace, Code));

        foreach (var path in new[] { "missing/none.git", "missing/api/deeper.git", "elsewhere/api.git" })
        {
            var answer = await AskAsync("GET", "/" + path + Fetch, token);

            Assert.Equal((403, "not_found"), (answer.Status, answer["X-Auth-Reason"]));
            Assert.StartsWith("The project you were looking for could not be found", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET", "/bypass/api.git/info/refs?service=git-upload-pack&service=git-receive-pack", "command_not_allowed")]
    [InlineData("GET", "/bypass/x/../api.git/info/refs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "/bypass/%2e%2e/bypass/api.git/info/refs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "/bypass/.%252e/bypass/api.git/info/refs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "/bypass/..%2fbypass/api.git/info/refs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "/bypass%2fapi.git/info/refs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "/bypass/api.git/info%2Frefs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "//bypass/api.git/info/refs?service=git-upload-pack", "uri_ambiguous")]
    [InlineData("GET", "/bypass\\api.git/info/refs?service=git-upload-pack", "uri_character")]
    [InlineData("GET", "/bypass/api.git;x/info/refs?service=git-upload-pack", "uri_character")]
    [InlineData("GET", "/bypass/api.git/info/refs", "command_not_allowed")]
    [InlineData("HEAD", "/bypass/api.git/info/refs?service=git-upload-pack", "command_not_allowed")]
    [InlineData("GET", "/bypass/api.git/HEAD", "command_not_allowed")]
    [InlineData("GET", "/bypass/api", "path_not_understood")]
    public async Task WayPast_WithAGoodToken_IsRefused(string method, string uri, string reason)
    {
        var token = await WithBypassTokenAsync();

        var told = await AskAsync(method, uri, token);
        var appended = await RawHttp.SendAsync(grid.Server, method, "/forward-auth" + uri, token);

        Assert.Equal((403, reason), (told.Status, told["X-Auth-Reason"]));
        Assert.Equal((403, reason), (appended.Status, appended["X-Auth-Reason"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?service=git-other")]
    [InlineData("?service=git-upload-pack&x=1")]
    public async Task UnknownCommand_IsRefusedOnlyToWhoIsKnown(string query)
    {
        var path = $"unknown-command-{query.Length}";
        _ = await grid.ProjectAsync(await grid.GroupAsync(path, Visibility.Public), "api", Visibility.Public);
        var other = (await grid.GroupAsync(path + "-other")).AsNamespace;
        Assert.True(NamespacePath.TryParse(path, out var at));
        var group = (await grid.Administration.ResolveAsync(at)).Target;
        var uri = $"/{path}/api.git/info/refs{query}";
        const string Text = "The command you're trying to execute is not allowed.";

        string[][] unknown =
        [
            [],
            [Basic("x", "wrong")],
            [Basic(await grid.TokenAsync(other, Code))],
            [Basic(await grid.TokenAsync(group, DeployTokenScopes.ReadPackageRegistry))],
        ];
        foreach (var credential in unknown)
        {
            var refused = await AskAsync("GET", uri, credential);
            Assert.Equal((401, "Basic realm=\"GitLab\""), (refused.Status, refused["WWW-Authenticate"]));
        }

        foreach (var scopes in new[] { Code, DeployTokenScopes.ReadRegistry })
        {
            var token = Basic(await grid.TokenAsync(group, scopes));
            foreach (var asked in new[] { uri, $"/{path}/none.git/info/refs{query}" })
            {
                var answer = await AskAsync("GET", asked, token);
                Assert.Equal((403, "command_not_allowed", Text), (answer.Status, answer["X-Auth-Reason"], answer.Body));
            }
        }
    }

    [Theory]
    [InlineData("X-Original-URI: /bypass/api.git/info/refs?service=git-upload-pack", "X-Original-Method: GET")]
    [InlineData("X-Forwarded-Uri: /bypass/api.git/info/refs?service=git-upload-pack", "X-Forwarded-Method: GET")]
    [InlineData("X-Original-URL: http://h/bypass/api.git/info/refs?service=git-upload-pack", "X-Original-Method: GET")]
    public async Task Client_WhoAddsAConventionOfItsOwn_IsRefused(params string[] ofTheClient)
    {
        var token = await WithBypassTokenAsync();
        string[][] ofTheProxy =
        [
            ["X-Original-URI: /other/secret.git/git-upload-pack", "X-Original-Method: POST"],
            ["X-Forwarded-Uri: /other/secret.git/git-upload-pack", "X-Forwarded-Method: POST"],
        ];

        Assert.Equal(200, (await RawHttp.SendAsync(grid.Server, "GET", "/forward-auth", [.. ofTheClient, token])).Status);
        foreach (var proxy in ofTheProxy)
        {
            Assert.Equal(403, (await RawHttp.SendAsync(grid.Server, "GET", "/forward-auth", [.. proxy, .. ofTheClient, token])).Status);
        }

        const string Appended = "/forward-auth/other/secret.git/git-upload-pack";
        Assert.Equal(403, (await RawHttp.SendAsync(grid.Server, "POST", Appended, [.. ofTheClient, token])).Status);
    }

    [Theory]
    [InlineData("/forward-auth/../healthz")]
    [InlineData("/forward-auth/%2e%2e/healthz")]
    [InlineData("/forward-auth/x/../../healthz")]
    [InlineData("/forward-auth/./../healthz?x")]
    [InlineData("/FORWARD-AUTH/../healthz")]
    public async Task Target_ThatLeadsOutOfTheEndpoint_ReachesNothingElse(string target)
    {
        Assert.Equal(200, (await RawHttp.SendAsync(grid.Server, "GET", "/healthz")).Status);

        var answer = await RawHttp.SendAsync(grid.Server, "GET", target);

        Assert.Equal((403, "uri_ambiguous"), (answer.Status, answer["X-Auth-Reason"]));
    }

    [Fact]
    public async Task Endpoint_WithoutAnOriginalRequest_SaysWhatIsMissing()
    {
        var answer = await RawHttp.SendAsync(grid.Server, "GET", "/forward-auth?X-Original-URI=/a");

        Assert.Equal((403, "uri_missing"), (answer.Status, answer["X-Auth-Reason"]));
        Assert.Contains("X-Original-URI", answer.Body, StringComparison.Ordinal);
    }

    private Task<RawAnswer> AskAsync(string method, string uri, params string[] headers) =>
        RawHttp.SendAsync(grid.Server, "GET", "/forward-auth", [$"X-Original-URI: {uri}", $"X-Original-Method: {method}", .. headers]);

    private async Task<(GroupId Group, ProjectId Project)> PlaceAsync(string name)
    {
        var group = await grid.GroupAsync(name);
        return (group, await grid.ProjectAsync(group, "api"));
    }

    /// <summary>A token that may fetch <c>bypass/api</c>, which the cases of one theory share.</summary>
    private async Task<string> WithBypassTokenAsync()
    {
        Assert.True(NamespacePath.TryParse("bypass/api", out var path));
        var known = await grid.Administration.ResolveAsync(path);
        var project = known.Segments == 2 ? known.Target.AsProject : (await PlaceAsync("bypass")).Project;
        var token = Basic(await grid.TokenAsync(project.AsNamespace, Code));
        Assert.Equal(200, (await AskAsync("GET", "/bypass/api.git" + Fetch, token)).Status);
        return token;
    }

    private static string Basic(IssuedDeployToken token) => Basic(token.Token.Username, token.Secret.Reveal());

    private static string Basic(string username, string secret) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));
}
