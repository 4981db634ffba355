using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §3.5: the dependency proxy for containers.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class DependencyProxyTests(AuthorityFixture authority)
{
    private const string Service = "service=dependency_proxy";

    private readonly Api _api = new(authority.Silo.Address);

    [Fact]
    [Reference("3.5", "without a valid bearer: 401 with the challenge and an empty body")]
    public async Task Nobody_IsChallenged()
    {
        var (_, address) = await PlaceAsync();
        foreach (var headers in new (string, string)[][] { [], [("Authorization", "Bearer x.y.z")] })
        {
            var answer = await _api.ForwardAsync("GET", address, headers);
            Assert.Equal((401, ""), (answer.Status, answer.Body));
            Assert.Matches("^Bearer realm=\"http[^\"]*/jwt/auth\",service=\"dependency_proxy\"$", answer["WWW-Authenticate"]);
        }
    }

    [Theory]
    [InlineData("groups", "read_registry,write_registry", 200)]
    [InlineData("groups", "read_virtual_registry,write_virtual_registry", 200)]
    [InlineData("groups", "read_registry,write_virtual_registry", 403)]
    [InlineData("groups", "read_registry", 403)]
    [InlineData("projects", "read_registry,write_registry", 403)]
    [Reference("3.5", "group tokens only, with both scopes of one kind; else {\"message\":\"access forbidden\",\"status\":\"error\",\"http_status\":403}")]
    public async Task SignIn_NeedsAGroupTokenWithBothScopesOfOneKind(string kind, string scopes, int status)
    {
        var group = await _api.GroupAsync();
        var holder = kind == "groups" ? $"groups/{group}" : $"projects/{await _api.ProjectAsync(group)}";
        var answer = await _api.JwtAsync(Service, (await _api.IssueAsync(holder, scopes.Split(','))).Basic);
        Assert.Equal(status, answer.Status);
        if (status == 403)
        {
            Assert.Equal(
                ("access forbidden", "error", 403),
                ((string)answer.Json["message"]!, (string)answer.Json["status"]!, (int)answer.Json["http_status"]!));
        }
    }

    [Fact]
    [Reference("3.5", "re-resolved on each use: revocation is immediate; the group itself and those below it; never the secret in the token")]
    public async Task Use_IsJudgedEachTime()
    {
        var (group, address) = await PlaceAsync();
        var (_, elsewhere) = await PlaceAsync();
        var token = await _api.IssueAsync($"groups/{group}", "read_registry", "write_registry");
        var jwt = (string)(await _api.JwtAsync(Service, token.Basic)).Json["token"]!;
        Assert.DoesNotContain(token.Secret, System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(jwt.Split('.')[1])), StringComparison.Ordinal);

        var bearer = ("Authorization", "Bearer " + jwt);
        Assert.Equal(200, (await _api.ForwardAsync("GET", address, bearer)).Status);
        var other = await _api.ForwardAsync("GET", elsewhere, bearer);
        Assert.Equal((403, "not_found"), (other.Status, other["X-Auth-Reason"]));
        Assert.Equal(200, (await _api.PostAsync($"/groups/{group}/deploy_tokens/{token.Id}/revoke")).Status);
        Assert.Equal(401, (await _api.ForwardAsync("GET", address, bearer)).Status);
    }

    private async Task<(long Group, string Address)> PlaceAsync()
    {
        var path = Api.NewName("g");
        return (await _api.GroupAsync(path: path), $"/v2/{path}/dependency_proxy/containers/library/alpine/manifests/latest");
    }
}
