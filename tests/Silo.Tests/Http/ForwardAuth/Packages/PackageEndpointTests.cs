using System.Text;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

/// <summary>Package registries over a real grid: every format, level, way to show a token, and method (reference §3.6).</summary>
public sealed class PackageEndpointTests(GridFixture grid) : IClassFixture<GridFixture>
{
    private const DeployTokenScopes Read = DeployTokenScopes.ReadPackageRegistry;
    private const DeployTokenScopes Write = DeployTokenScopes.WritePackageRegistry;
    private const string Challenge = "Basic realm=\"GitLab Packages Registry\"";

    /// <summary>One address of every format and level. <c>{0}</c>: the path of the top-level group, in which is the project <c>app</c>.</summary>
    private static readonly (string Format, string Level, string Address)[] Addresses =
    [
        ("generic", "project", "/projects/{0}%2Fapp/packages/generic/pkg/1.0/file.bin"),
        ("npm", "project", "/projects/{0}%2Fapp/packages/npm/@{0}%2fpkg"),
        ("npm", "group", "/groups/{0}/-/packages/npm/@{0}%2fpkg"),
        ("npm", "instance", "/packages/npm/@{0}%2fpkg"),
        ("maven", "project", "/projects/{0}%2Fapp/packages/maven/com/x/1.0/x-1.0.jar"),
        ("maven", "group", "/groups/{0}/-/packages/maven/com/x/1.0/x-1.0.jar"),
        ("maven", "instance", "/packages/maven/{0}/app/1.0/app-1.0.jar"),
        ("nuget", "project", "/projects/{0}%2Fapp/packages/nuget/index.json"),
        ("nuget", "group", "/groups/{0}/-/packages/nuget/index.json"),
        ("pypi", "project", "/projects/{0}%2Fapp/packages/pypi/simple/pkg/"),
        ("pypi", "group", "/groups/{0}/-/packages/pypi/simple/pkg/"),
        ("composer", "project", "/projects/{0}%2Fapp/packages/composer"),
        ("composer", "group", "/group/{0}/-/packages/composer/packages.json"),
        ("helm", "project", "/projects/{0}%2Fapp/packages/helm/stable/index.yaml"),
        ("conan", "project", "/projects/{0}%2Fapp/packages/conan/v1/users/authenticate"),
        ("conan", "instance", "/packages/conan/v1/conans/pkg/1.0/{0}+app/stable"),
        ("terraform", "project", "/projects/{0}%2Fapp/packages/terraform/modules/net/aws/1.0.0/file"),
        ("terraform", "instance", "/packages/terraform/modules/v1/{0}/net/aws/versions"),
        ("rubygems", "project", "/projects/{0}%2Fapp/packages/rubygems/specs.4.8.gz"),
        ("debian", "project", "/projects/{0}%2Fapp/packages/debian/dists/stable/Release"),
        ("debian", "group", "/groups/{0}/-/packages/debian/dists/stable/Release"),
    ];

    private static readonly string[] PathC = ["terraform", "rubygems", "debian"];

    private static readonly (string Way, string Formats, Func<IssuedDeployToken, string> Header)[] Ways =
    [
        ("basic", "*", static t => Basic(t.Token.Username, t.Secret.Reveal())),
        ("basic, other username", "B", static t => Basic("somebody", t.Secret.Reveal())),
        ("header", "*", static t => "Deploy-Token: " + t.Secret.Reveal()),
        ("header, other case", "*", static t => "deploy-token: " + t.Secret.Reveal()),
        ("bearer", "B terraform", static t => "Authorization: Bearer " + t.Secret.Reveal()),
        ("bare", "rubygems", static t => "Authorization: " + t.Secret.Reveal()),
    ];

    [Fact]
    public async Task EveryFormatAndLevel_InEveryWay_AllowsReadingAndWritingByScope()
    {
        var place = await PlaceAsync("every");
        var (reader, writer) = (await TokenAsync(place, Read), await TokenAsync(place, Write));
        foreach (var (format, level, address) in Addresses)
        {
            var target = string.Format(null, address, "every");
            var isGroup = level == "group" || (level == "instance" && format is "npm" or "terraform");
            foreach (var (way, formats, header) in Ways)
            {
                var counts = formats == "*" || formats.Split(' ').Contains(PathC.Contains(format) ? format : "B");
                foreach (var method in new[] { "GET", "HEAD" })
                {
                    var answer = await AskAsync(method, target, header(reader));
                    Assert.True((counts ? 200 : 401) == answer.Status, $"{method} {target}, {way}: {answer.Status} {answer.Body}");
                    Assert.Equal(counts ? (isGroup ? "" : "every/app") : null, answer["X-Auth-Project"]);
                    Assert.Equal(counts ? (isGroup ? "every" : "") : null, answer["X-Auth-Group"]);
                    Assert.Equal(counts ? reader.Token.Username : null, answer["X-Auth-User"]);
                    Assert.Equal(counts ? reader.Token.Id.ToString() : null, answer["X-Auth-Token-Id"]);
                    Assert.Equal(counts ? 200 : 401, (await AskAsync(method, target, header(writer))).Status);
                }

                foreach (var method in new[] { "PUT", "POST", "DELETE", "PATCH", "put", "UNHEARDOF" })
                {
                    var isMavenInstance = format == "maven" && level == "instance"; // GitLab has no such route.
                    var writes = !isGroup && !isMavenInstance && counts;
                    var answer = await AskAsync(method, target, header(writer));
                    Assert.True((writes ? 200 : counts || isMavenInstance ? 403 : 401) == answer.Status, $"{method} {target}, {way}: {answer.Status}");
                    Assert.Equal(counts || isMavenInstance ? 403 : 401, (await AskAsync(method, target, header(reader))).Status);
                }
            }
        }
    }

    [Fact]
    public async Task EveryFormatAndLevel_WithoutARightCredential_AsksForOne()
    {
        var place = await PlaceAsync("asks");
        var revoked = await TokenAsync(place, Write);
        await grid.RevokeAsync(revoked);
        var expired = await grid.TokenAsync(place.Group.AsNamespace, Write, expiresAt: DateTimeOffset.UnixEpoch);
        foreach (var (_, _, address) in Addresses)
        {
            foreach (var headers in new[] { [], new[] { Basic("ci", "wrong") }, [Basic(revoked)], ["Deploy-Token: " + expired.Secret.Reveal()], ["Deploy-Token: x"] })
            {
                var answer = await AskAsync("GET", string.Format(null, address, "asks"), headers);
                Assert.Equal((401, Challenge), (answer.Status, answer["WWW-Authenticate"]));
                Assert.Equal(("{\"message\":\"401 Unauthorized\"}", "application/json"), (answer.Body, answer["Content-Type"]));
                Assert.Null(answer["X-Auth-User"]);
            }
        }

        var unknown = await AskAsync("GET", "/projects/asks%2Fnone/packages/npm/x");
        Assert.Equal((401, Challenge), (unknown.Status, unknown["WWW-Authenticate"]));
    }

    [Fact]
    public async Task PathB_LooksAtNoUsername_AndPathCRefusesAnotherOne()
    {
        var token = await TokenAsync(await PlaceAsync("names"), Read);
        foreach (var (format, _, address) in Addresses)
        {
            foreach (var username in new[] { "", "somebody", token.Token.Username.ToUpperInvariant() })
            {
                var answer = await AskAsync("GET", string.Format(null, address, "names"), Basic(username, token.Secret.Reveal()));
                Assert.Equal(PathC.Contains(format) ? 401 : 200, answer.Status);
            }
        }
    }

    [Fact]
    public async Task PublicProject_CanBeReadByAnybody_UnlessAWrongCredentialIsInsistedOn()
    {
        var group = await grid.GroupAsync("open-packages", Visibility.Public);
        _ = await grid.ProjectAsync(group, "app", Visibility.Public);
        var other = await TokenAsync(await PlaceAsync("open-other"), Write);
        var noPackages = await grid.TokenAsync(group.AsNamespace, DeployTokenScopes.ReadRepository);
        foreach (var (format, level, address) in Addresses.Where(static a => a.Level != "group" && (a.Format, a.Level) is not ("npm" or "terraform", "instance")))
        {
            var target = string.Format(null, address, "open-packages");
            var anonymous = await AskAsync("GET", target);
            Assert.Equal((200, "(anonymous)", "0"), (anonymous.Status, anonymous["X-Auth-User"], anonymous["X-Auth-Token-Id"]));
            Assert.Equal(200, (await AskAsync("GET", target, Basic(other))).Status);
            Assert.Equal(200, (await AskAsync("GET", target, Basic(noPackages))).Status);
            Assert.Equal(PathC.Contains(format) ? 401 : 200, (await AskAsync("GET", target, Basic("ci", "wrong"))).Status);
            if ((format, level) is not ("maven", "instance"))
            {
                Assert.Equal(401, (await AskAsync("PUT", target)).Status);
                Assert.Equal(401, (await AskAsync("PUT", target, Basic("ci", "wrong"))).Status);
                var foreign = await AskAsync("PUT", target, Basic(other));
                Assert.Equal((403, null, "{\"message\":\"403 Forbidden\"}"), (foreign.Status, foreign["X-Auth-Reason"], foreign.Body));
            }
        }

        // A group's packages are those of its private projects too.
        Assert.Equal(401, (await AskAsync("GET", "/groups/open-packages/-/packages/npm/x")).Status);
    }

    [Fact]
    public async Task PrivateProject_ForATokenThatMayNotReadIt_IsNotThere()
    {
        var place = await PlaceAsync("hidden");
        IssuedDeployToken[] tokens =
        [
            await grid.TokenAsync(place.Project.AsNamespace, DeployTokenScopes.ReadRepository),
            await grid.TokenAsync(place.Group.AsNamespace, DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry),
            await TokenAsync(await PlaceAsync("hidden-other"), Write),
        ];
        foreach (var token in tokens)
        {
            foreach (var method in new[] { "GET", "PUT" })
            {
                var generic = await AskAsync(method, "/projects/hidden%2Fapp/packages/generic/a/1/f", Basic(token));
                var npm = await AskAsync(method, "/projects/hidden%2Fapp/packages/npm/a", Basic(token));
                Assert.Equal((403, "not_found", "{\"message\":\"404 Project Not Found\"}"), (generic.Status, generic["X-Auth-Reason"], generic.Body));
                Assert.Equal("{\"message\":\"404 Project Not Found\",\"error\":\"404 Project Not Found\"}", npm.Body);
            }
        }

        var none = await AskAsync("GET", "/projects/hidden%2Fnone/packages/generic/a/1/f", Basic(await TokenAsync(place, Write)));
        Assert.Equal((403, "not_found"), (none.Status, none["X-Auth-Reason"]));
    }

    [Fact]
    public async Task Publishing_WithAReadingToken_OrToWhatIsArchived_IsForbidden()
    {
        var place = await PlaceAsync("publish");
        const string Target = "/projects/publish%2Fapp/packages/generic/a/1/f";
        var reading = await AskAsync("PUT", Target, Basic(await TokenAsync(place, Read)));
        Assert.Equal((403, null, "{\"message\":\"403 Forbidden\"}"), (reading.Status, reading["X-Auth-Reason"], reading.Body));
        var writer = Basic(await TokenAsync(place, Write));
        Assert.Equal(200, (await AskAsync("PUT", Target, writer)).Status);
        await grid.Administration.ChangeNamespaceAsync(
            place.Project.AsNamespace, new ChangeNamespace(null, null, null, null, Archived: true, new OperatorId(1)));
        var archived = await AskAsync("PUT", Target, writer);
        Assert.Equal((403, null, "{\"message\":\"403 Forbidden\"}"), (archived.Status, archived["X-Auth-Reason"], archived.Body));
        Assert.Equal(200, (await AskAsync("GET", Target, writer)).Status);
    }

    [Fact]
    public async Task GroupLevel_TakesTokensOfExactlyThatGroup()
    {
        var top = await grid.GroupAsync("exact");
        var sub = (await grid.Administration.CreateGroupAsync(
            new CreateNamespace(top, Slug.Parse("sub"), "sub", "", Visibility.Private, new OperatorId(1)))).Id.AsGroup;
        var project = await grid.ProjectAsync(sub, "app");
        var ofTop = Basic(await grid.TokenAsync(top.AsNamespace, Read));
        var ofSub = Basic(await grid.TokenAsync(sub.AsNamespace, Read));
        var ofProject = Basic(await grid.TokenAsync(project.AsNamespace, Read));
        const string Sub = "/groups/exact%2Fsub/-/packages/pypi/simple/x";

        var refused = await AskAsync("GET", Sub, ofTop);
        Assert.Equal((403, "not_found", "{\"message\":\"404 Group Not Found\"}"), (refused.Status, refused["X-Auth-Reason"], refused.Body));
        Assert.Equal((200, "exact/sub"), ((await AskAsync("GET", Sub, ofSub)).Status, (await AskAsync("GET", Sub, ofSub))["X-Auth-Group"]));
        Assert.Equal(200, (await AskAsync("GET", $"/groups/{sub}/-/packages/pypi/simple/x", ofSub)).Status);
        Assert.Equal("not_found", (await AskAsync("GET", Sub, ofProject))["X-Auth-Reason"]);
        Assert.Equal("not_found", (await AskAsync("GET", "/packages/npm/@exact%2fx", ofSub))["X-Auth-Reason"]);
        Assert.Equal("not_found", (await AskAsync("GET", "/groups/exact%2Fsub%2Fapp/-/packages/pypi/simple/x", ofProject))["X-Auth-Reason"]);
        Assert.Equal(200, (await AskAsync("GET", "/projects/exact%2Fsub%2Fapp/packages/pypi/simple/x", ofTop)).Status);
        Assert.Equal("not_found", (await AskAsync("GET", "/projects/exact%2Fsub/packages/pypi/simple/x", ofTop))["X-Auth-Reason"]);
        Assert.Equal(200, (await AskAsync("GET", "/packages/maven/exact/sub/app/1.0/app.jar", ofTop)).Status);
    }

    [Fact]
    public async Task NpmAudit_IsReadingAlthoughItPosts()
    {
        var token = Basic(await TokenAsync(await PlaceAsync("audit"), Read));
        Assert.Equal(200, (await AskAsync("POST", "/projects/audit%2Fapp/packages/npm/-/npm/v1/security/advisories/bulk", token)).Status);
        Assert.Equal(200, (await AskAsync("POST", "/groups/audit/-/packages/npm/-/npm/v1/security/audits/quick", token)).Status);
    }

    [Fact]
    public async Task Read_WhoseMethodABackendMayReplace_NeedsTheRightToWrite()
    {
        var place = await PlaceAsync("override");
        const string Target = "/projects/override%2Fapp/packages/generic/a/1/f";
        foreach (var header in new[] { "X-HTTP-Method-Override: PUT", "X_HTTP_Method_Override: PUT", "x-http_method: PUT" })
        {
            Assert.Equal(403, (await AskAsync("GET", Target, Basic(await TokenAsync(place, Read)), header)).Status);
            Assert.Equal(200, (await AskAsync("GET", Target, Basic(await TokenAsync(place, Write)), header)).Status);
        }
    }

    [Theory]
    [InlineData("/projects/smuggle%252Fapp/packages/generic/a/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fx%2F..%2Fapp/packages/generic/a/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2F%2Fapp/packages/generic/a/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/generic/../../../other%2Fapp/packages/generic/a/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/generic/%2e%2e/x", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/generic/..%2f..%2fx", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/generic/a/1/b%2Fc", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages%2Fgeneric/a/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/generic/a/1/f%5c..", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/generic/a%00/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages//generic/a/1/f", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp;x/packages/generic/a/1/f", "uri_character")]
    [InlineData("/projects/smuggle%2Fapp/packages/npm/@smuggle%252fx", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/npm/@smuggle%2f..", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fapp/packages/npm/x%2f-%2fy.tgz", "uri_ambiguous")]
    [InlineData("/projects/smuggle%2Fpackages%2Fnpm%2Fx/packages/npm/y", "uri_ambiguous")]
    [InlineData("/projects/01/packages/generic/a/1/f", "uri_ambiguous")]
    [InlineData("/groups/007/-/packages/npm/y", "uri_ambiguous")]
    [InlineData("/projects/smuggle/app/packages/generic/a/1/f", "path_not_understood")]
    [InlineData("/projects/smuggle%2Fapp/packages/go/x/@v/list", "path_not_understood")]
    [InlineData("/projects/smuggle%2Fapp/repository/files/f/raw", "path_not_understood")]
    [InlineData("/projects/smuggle%2Fapp", "path_not_understood")]
    [InlineData("/packages/npm/left-pad", "path_not_understood")]
    [InlineData("/packages/generic/a/1/f", "not_found")]
    [InlineData("/groups/smuggle/-/packages/helm/x/index.yaml", "not_found")]
    public async Task WayPast_WithAGoodToken_IsRefused(string target, string reason)
    {
        Assert.True(NamespacePath.TryParse("smuggle/app", out var path));
        var known = await grid.Administration.ResolveAsync(path);
        var project = known.Segments == 2 ? known.Target.AsProject : (await PlaceAsync("smuggle")).Project;
        var token = Basic(await grid.TokenAsync(project.AsNamespace, Write));
        Assert.Equal(200, (await AskAsync("GET", "/projects/smuggle%2Fapp/packages/generic/a/1/f", token)).Status);

        var told = await AskAsync("GET", target, token);
        var appended = await RawHttp.SendAsync(grid.Server, "GET", "/forward-auth/api/v4" + target, token);

        Assert.Equal((403, reason), (told.Status, told["X-Auth-Reason"]));
        Assert.True(appended.Status is 403 or 400, "The server itself refuses some.");
    }

    [Fact]
    public async Task Go_IsRefusedEvenWhereEverybodyMayRead()
    {
        var group = await grid.GroupAsync("go-open", Visibility.Public);
        _ = await grid.ProjectAsync(group, "app", Visibility.Public);
        Assert.Equal("path_not_understood", (await AskAsync("GET", "/projects/go-open%2Fapp/packages/go/x/@v/list"))["X-Auth-Reason"]);
    }

    private Task<RawAnswer> AskAsync(string method, string target, params string[] headers) => RawHttp.SendAsync(
        grid.Server, "GET", "/forward-auth", [$"X-Original-URI: /api/v4{target}", $"X-Original-Method: {method}", .. headers]);

    private Task<IssuedDeployToken> TokenAsync((GroupId Group, ProjectId Project) place, DeployTokenScopes scopes) =>
        grid.TokenAsync(place.Group.AsNamespace, scopes);

    private async Task<(GroupId Group, ProjectId Project)> PlaceAsync(string name)
    {
        var group = await grid.GroupAsync(name);
        return (group, await grid.ProjectAsync(group, "app"));
    }

    private static string Basic(IssuedDeployToken token) => Basic(token.Token.Username, token.Secret.Reveal());

    private static string Basic(string username, string secret) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));
}
