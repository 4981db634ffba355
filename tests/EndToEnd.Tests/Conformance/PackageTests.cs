using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §3.6: package registries. What is 404 at GitLab is 403 with a reason here.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class PackageTests(AuthorityFixture authority)
{
    private readonly Api _api = new(authority.Silo.Address);

    [Theory]
    [InlineData("Authorization", "basic")]
    [InlineData("Deploy-Token", "secret")]
    [InlineData("DEPLOY-TOKEN", "secret")]
    [InlineData("Authorization", "bearer")]
    [Reference("3.6", "path B: Basic without regard to the username, Deploy-Token in any case, Bearer")]
    public async Task Generic_InEveryPlaceOfPathB_IsRead(string header, string form)
    {
        var (project, address) = await PlaceAsync("generic/pkg/1.0/f.bin");
        var token = await _api.IssueAsync($"projects/{project}", "read_package_registry");
        var value = form switch
        {
            "basic" => Api.Basic("whoever", token.Secret),
            "bearer" => "Bearer " + token.Secret,
            _ => token.Secret,
        };
        Assert.Equal(200, (await _api.ForwardAsync("GET", address, (header, value))).Status);
    }

    [Fact]
    [Reference("3.6", "precedence: Basic overrides Deploy-Token, which overrides Bearer; no match goes on as anonymous")]
    public async Task Credentials_WhenSeveralAreSent_TheFirstCounts()
    {
        var (project, address) = await PlaceAsync("generic/pkg/1.0/f.bin");
        var good = await _api.IssueAsync($"projects/{project}", "read_package_registry");
        Assert.Equal(401, (await _api.ForwardAsync(
            "GET", address, ("Authorization", Api.Basic("x", "wrong")), ("Deploy-Token", good.Secret))).Status);
        Assert.Equal(401, (await _api.ForwardAsync("GET", address, ("Deploy-Token", "wrong"), ("Authorization", "Bearer " + good.Secret))).Status);
        Assert.Equal(200, (await _api.ForwardAsync("GET", address, ("Authorization", good.Basic), ("Deploy-Token", "wrong"))).Status);
        var (_, open) = await PlaceAsync("generic/pkg/1.0/f.bin", "public");
        Assert.Equal(200, (await _api.ForwardAsync("GET", open, ("Deploy-Token", "wrong"))).Status);
    }

    [Theory]
    [InlineData("rubygems/specs.4.8.gz")]
    [InlineData("debian/dists/stable/Release")]
    [InlineData("terraform/modules/net/aws/1.0.0/file")]
    [Reference("3.1", "path C: with Basic the username is checked, a mismatch is 401")]
    public async Task PathC_WithAnotherUsername_IsUnauthorized(string package)
    {
        var (project, address) = await PlaceAsync(package);
        var token = await _api.IssueAsync($"projects/{project}", "read_package_registry");
        Assert.Equal(200, (await _api.ForwardAsync("GET", address, ("Authorization", token.Basic))).Status);
        Assert.Equal(401, (await _api.ForwardAsync("GET", address, ("Authorization", Api.Basic("other", token.Secret)))).Status);
    }

    [Fact]
    [Reference("3.6", "no actor: 401 with Basic realm=\"GitLab Packages Registry\" and {\"message\":\"401 Unauthorized\"}")]
    public async Task Nobody_AtAPrivateProject_IsChallenged()
    {
        var (_, address) = await PlaceAsync("nuget/index.json");
        var answer = await _api.ForwardAsync("GET", address);
        Assert.Equal(
            (401, "Basic realm=\"GitLab Packages Registry\"", """{"message":"401 Unauthorized"}"""),
            (answer.Status, answer["WWW-Authenticate"], answer.Body));
    }

    [Fact]
    [Reference("3.6", "write implies read; a read-only token publishing 403; archived publish 403; read_repository only 404")]
    public async Task Scopes_DecideAboutPackages()
    {
        var (project, address) = await PlaceAsync("generic/pkg/1.0/f.bin");
        var (reader, writer, code) = (
            await _api.IssueAsync($"projects/{project}", "read_package_registry"), await _api.IssueAsync($"projects/{project}", "write_package_registry"),
            await _api.IssueAsync($"projects/{project}", "read_repository"));

        Assert.Equal((200, 200), (await AskAsync("GET", reader), await AskAsync("GET", writer)));
        Assert.Equal((403, 200), (await AskAsync("PUT", reader), await AskAsync("PUT", writer)));
        var publish = await _api.ForwardAsync("PUT", address, ("Authorization", reader.Basic));
        Assert.Equal("""{"message":"403 Forbidden"}""", publish.Body);
        var hidden = await _api.ForwardAsync("GET", address, ("Authorization", code.Basic));
        Assert.Equal((403, "not_found"), (hidden.Status, hidden["X-Auth-Reason"]));
        _ = await _api.PostAsync($"/projects/{project}/archive");
        Assert.Equal((403, 200), (await AskAsync("PUT", writer), await AskAsync("GET", writer)));

        async Task<int> AskAsync(string method, (long, string, string Basic) token) =>
            (await _api.ForwardAsync(method, address, ("Authorization", token.Basic))).Status;
    }

    [Fact]
    [Reference("3.6", "can read the project but not its packages: 403; anonymous reads what is public")]
    public async Task PackagesSwitchedOff_AreForbidden()
    {
        var (project, address) = await PlaceAsync("generic/pkg/1.0/f.bin", "public");
        var token = await _api.IssueAsync($"projects/{project}", "read_package_registry");
        Assert.Equal(200, (await _api.ForwardAsync("GET", address)).Status);
        _ = await _api.PutAsync($"/projects/{project}", new { package_registry_access_level = "disabled" });
        var answer = await _api.ForwardAsync("GET", address, ("Authorization", token.Basic));
        Assert.Equal((403, """{"message":"403 Forbidden"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    [Reference("3.6", "group endpoints take tokens of exactly that group; project endpoints those of any group above")]
    public async Task GroupEndpoint_TakesTokensOfExactlyThatGroup()
    {
        var top = await _api.GroupAsync();
        var below = await _api.GroupAsync(top);
        var project = await _api.ProjectAsync(below);
        var (ofTop, ofBelow) = (
            await _api.IssueAsync($"groups/{top}", "read_package_registry"), await _api.IssueAsync($"groups/{below}", "read_package_registry"));
        var group = $"/api/v4/groups/{below}/-/packages/pypi/simple/pkg/";

        Assert.Equal(200, (await _api.ForwardAsync("GET", group, ("Authorization", ofBelow.Basic))).Status);
        var parent = await _api.ForwardAsync("GET", group, ("Authorization", ofTop.Basic));
        Assert.Equal((403, "not_found"), (parent.Status, parent["X-Auth-Reason"]));
        Assert.Equal(200, (await _api.ForwardAsync(
            "GET", $"/api/v4/projects/{project}/packages/pypi/simple/pkg/", ("Authorization", ofTop.Basic))).Status);
    }

    [Fact]
    [Reference("3.6", "npm 404 bodies carry both message and error")]
    public async Task Npm_NotFound_HasBothFields()
    {
        var (_, address) = await PlaceAsync("npm/pkg");
        var token = await _api.IssueAsync($"projects/{await _api.ProjectAsync()}", "read_package_registry");
        var answer = await _api.ForwardAsync("GET", address, ("Authorization", "Bearer " + token.Secret));
        Assert.Equal((403, "not_found"), (answer.Status, answer["X-Auth-Reason"]));
        Assert.Equal((string?)answer.Json["message"], (string?)answer.Json["error"]);
    }

    [Fact]
    [Reference("3.6", "the Go proxy does not accept deploy tokens, nor does anything outside packages/<format>")]
    public async Task OtherAddresses_AreNotOpenToDeployTokens()
    {
        var (project, go) = await PlaceAsync("go/example.org/x/@v/list");
        var token = await _api.IssueAsync($"projects/{project}", "read_package_registry", "write_package_registry", "read_repository");
        foreach (var address in new[] { go, $"/api/v4/projects/{project}", $"/api/v4/projects/{project}/repository/files/x" })
        {
            Assert.Equal(403, (await _api.ForwardAsync("GET", address, ("Authorization", token.Basic))).Status);
        }
    }

    private async Task<(long Project, string Address)> PlaceAsync(string package, string visibility = "private")
    {
        var project = await _api.ProjectAsync(visibility: visibility);
        return (project, $"/api/v4/projects/{project}/packages/{package}");
    }
}
