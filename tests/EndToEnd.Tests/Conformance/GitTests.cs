using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §3.1 to §3.3: git over HTTP, at the endpoint that proxies ask. What is 404 at GitLab is 403 with a reason here.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class GitTests(AuthorityFixture authority)
{
    private const string Fetch = "/info/refs?service=git-upload-pack";
    private const string Push = "/info/refs?service=git-receive-pack";
    private const string Denied = "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped.";
    private const string ProjectNotFound = "The project you were looking for could not be found or you don't have permission to view it.";

    private readonly Api _api = new(authority.Silo.Address);

    [Fact]
    [Reference("3.3", "no credentials, private project: 401 text/plain with Www-Authenticate: Basic realm=\"GitLab\"")]
    public async Task Fetch_WithoutCredentials_IsChallenged()
    {
        var place = await PlaceAsync();
        var answer = await _api.ForwardAsync("GET", place.Git + Fetch);
        Assert.Equal((401, "Basic realm=\"GitLab\""), (answer.Status, answer["WWW-Authenticate"]));
        Assert.StartsWith("text/plain", answer["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong secret")]
    [InlineData("other username")]
    [InlineData("empty username")]
    [InlineData("revoked")]
    [InlineData("deleted")]
    [InlineData("expired")]
    [InlineData("other project")]
    [InlineData("packages only")]
    [InlineData("repository disabled")]
    [Reference("3.3", "bad secret, username mismatch, revoked, expired, another project, package-only token, repository disabled: 401 and one text")]
    public async Task Fetch_WithACredentialThatIsNoneHere_IsRefusedAlike(string how)
    {
        var place = await PlaceAsync();
        var other = await PlaceAsync("public");
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_repository");
        var (git, basic) = (place.Git, token.Basic);
        switch (how)
        {
            case "wrong secret":
                basic = Api.Basic($"gitlab+deploy-token-{token.Id}", token.Secret[..^1] + (token.Secret[^1] == 'A' ? 'B' : 'A'));
                break;
            case "other username":
                basic = Api.Basic("someone", token.Secret);
                break;
            case "empty username":
                basic = Api.Basic("", token.Secret);
                break;
            case "revoked":
                _ = await _api.PostAsync($"/projects/{place.Project}/deploy_tokens/{token.Id}/revoke");
                break;
            case "deleted":
                _ = await _api.DeleteAsync($"/projects/{place.Project}/deploy_tokens/{token.Id}");
                break;
            case "expired":
                var expired = await _api.TokenAsync(
                    $"projects/{place.Project}", new { name = "t", scopes = "read_repository", expires_at = "1988-01-11" });
                basic = Api.Basic((string)expired["username"]!, (string)expired["token"]!);
                break;
            case "other project":
                git = other.Git; // Even if the target is public.
                break;
            case "packages only":
                basic = (await _api.IssueAsync($"projects/{place.Project}", "read_package_registry", "write_package_registry")).Basic;
                break;
            default:
                _ = await _api.PutAsync($"/projects/{place.Project}", new { repository_access_level = "disabled" });
                break;
        }

        var answer = await _api.ForwardAsync("GET", git + Fetch, ("Authorization", basic));
        Assert.Equal((401, "Basic realm=\"GitLab\"", Denied), (answer.Status, answer["WWW-Authenticate"], answer.Body));
    }

    [Fact]
    [Reference("3.3", "valid token with read_repository: fetch 200, also where archived, and of the wiki; push 403 with its text")]
    public async Task ReadRepository_MayFetchCodeAndWiki_AndNeverPush()
    {
        var place = await PlaceAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_repository");
        var auth = ("Authorization", token.Basic);

        Assert.Equal(200, (await _api.ForwardAsync("GET", place.Git + Fetch, auth)).Status);
        Assert.Equal(200, (await _api.ForwardAsync("POST", place.Git + "/git-upload-pack", auth)).Status);
        Assert.Equal(200, (await _api.ForwardAsync("GET", place.Git.Replace(".git", ".wiki.git", StringComparison.Ordinal) + Fetch, auth)).Status);
        foreach (var (method, path) in new[] { ("GET", Push), ("POST", "/git-receive-pack") })
        {
            var push = await _api.ForwardAsync(method, place.Git + path, auth);
            Assert.Equal((403, "You are not allowed to upload code."), (push.Status, push.Body));
        }

        _ = await _api.PostAsync($"/projects/{place.Project}/archive");
        Assert.Equal(200, (await _api.ForwardAsync("GET", place.Git + Fetch, auth)).Status);
    }

    [Fact]
    [Reference("3.3", "valid token without read_repository: 403 You are not allowed to download code.")]
    public async Task Fetch_WithoutReadRepository_IsForbidden()
    {
        var place = await PlaceAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_registry");
        var answer = await _api.ForwardAsync("GET", place.Git + Fetch, ("Authorization", token.Basic));
        Assert.Equal((403, "You are not allowed to download code."), (answer.Status, answer.Body));
    }

    [Fact]
    [Reference("3.3", "valid token, project path does not exist: 404 with its text")]
    public async Task Fetch_OfNoProject_IsNotFound()
    {
        var place = await PlaceAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_repository");
        var answer = await _api.ForwardAsync("GET", $"/{Api.NewName()}/none.git" + Fetch, ("Authorization", token.Basic));
        Assert.Equal((403, "not_found", ProjectNotFound), (answer.Status, answer["X-Auth-Reason"], answer.Body));
    }

    [Theory]
    [InlineData("GET", "/info/refs")]
    [InlineData("GET", "/info/refs?service=git-other")]
    [Reference("3.3", "unknown or missing service: 403 The command you're trying to execute is not allowed.")]
    public async Task Service_ThatIsNone_IsForbidden(string method, string path)
    {
        var place = await PlaceAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_repository");
        var answer = await _api.ForwardAsync(method, place.Git + path, ("Authorization", token.Basic));
        Assert.Equal((403, "The command you're trying to execute is not allowed."), (answer.Status, answer.Body));
    }

    [Fact]
    [Reference("3.3", "HEAD on info/refs: 403")]
    public async Task Head_OfInfoRefs_IsForbidden()
    {
        var place = await PlaceAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_repository");
        Assert.Equal(403, (await _api.ForwardAsync("HEAD", place.Git + Fetch, ("Authorization", token.Basic))).Status);
    }

    [Fact]
    [Reference("3.3", "LFS: download with read_repository, upload 403 JSON; no download right 404 JSON")]
    public async Task Lfs_MayBeReadAndNeverWritten()
    {
        var place = await PlaceAsync();
        var (reader, other) = (
            await _api.IssueAsync($"projects/{place.Project}", "read_repository"), await _api.IssueAsync($"projects/{place.Project}", "read_registry"));
        const string Object = "/gitlab-lfs/objects/91eff75a492a3ed0dfcb544d7f31326bc4014c8551849c192fd1e48d4dd2c897";

        Assert.Equal(200, (await _api.ForwardAsync("GET", place.Git + Object, ("Authorization", reader.Basic))).Status);
        var upload = await _api.ForwardAsync("PUT", place.Git + Object + "/10", ("Authorization", reader.Basic));
        Assert.Equal((403, """{"message":"Access forbidden. Check your access level."}"""), (upload.Status, Plain(upload)));
        Assert.StartsWith("application/vnd.git-lfs+json", upload["Content-Type"], StringComparison.Ordinal);
        var without = await _api.ForwardAsync("GET", place.Git + Object, ("Authorization", other.Basic));
        Assert.Equal((403, "not_found", """{"message":"Not found."}"""), (without.Status, without["X-Auth-Reason"], without.Body));
    }

    [Fact]
    [Reference("3.2", "a project token reaches that project only; a group token every project below, at any depth; moves take effect at once")]
    public async Task Reach_OfAGroupToken_IsEverythingBelowItNow()
    {
        var top = await _api.GroupAsync();
        var below = await _api.GroupAsync(await _api.GroupAsync(top));
        var (deep, elsewhere) = (await PlaceAsync(group: below), await PlaceAsync());
        var ofTop = ("Authorization", (await _api.IssueAsync($"groups/{top}", "read_repository")).Basic);
        var ofBelow = ("Authorization", (await _api.IssueAsync($"groups/{below}", "read_repository")).Basic);
        var ofProject = ("Authorization", (await _api.IssueAsync($"projects/{deep.Project}", "read_repository")).Basic);
        var sibling = await PlaceAsync(group: top);

        Assert.Equal(200, (await _api.ForwardAsync("GET", deep.Git + Fetch, ofTop)).Status);
        Assert.Equal(401, (await _api.ForwardAsync("GET", elsewhere.Git + Fetch, ofTop)).Status);
        Assert.Equal(401, (await _api.ForwardAsync("GET", sibling.Git + Fetch, ofBelow)).Status);
        Assert.Equal(401, (await _api.ForwardAsync("GET", sibling.Git + Fetch, ofProject)).Status);

        _ = await _api.PostAsync($"/groups/{below}/transfer", new { });
        var moved = "/" + (string)(await _api.GetAsync($"/projects/{deep.Project}")).Json["path_with_namespace"]! + ".git";
        Assert.Equal(401, (await _api.ForwardAsync("GET", moved + Fetch, ofTop)).Status);
        Assert.Equal(200, (await _api.ForwardAsync("GET", moved + Fetch, ofBelow)).Status);
        Assert.Equal(200, (await _api.ForwardAsync("GET", moved + Fetch, ofProject)).Status);
    }

    private static string Plain(Answer answer) => answer.Json.ToJsonString(new System.Text.Json.JsonSerializerOptions
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private async Task<(long Project, string Git)> PlaceAsync(string visibility = "private", long? group = null)
    {
        var project = await _api.ProjectAsync(group, visibility);
        return (project, "/" + (string)(await _api.GetAsync($"/projects/{project}")).Json["path_with_namespace"]! + ".git");
    }
}
