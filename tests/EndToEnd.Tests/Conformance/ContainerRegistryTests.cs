using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §3.4: the container registry's token endpoint.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class ContainerRegistryTests(AuthorityFixture authority)
{
    private const string Service = "service=container_registry";

    private readonly Api _api = new(authority.Silo.Address);

    [Fact]
    [Reference("3.4", "Basic given and invalid: 401 UNAUTHORIZED in the registry's shape, also with an unknown service, without WWW-Authenticate")]
    public async Task WrongCredential_IsUnauthorizedWhateverElseIsAsked()
    {
        foreach (var service in new[] { "container_registry", "no_such_service" })
        {
            var answer = await _api.JwtAsync("service=" + service, Api.Basic("gitlab+deploy-token-1", "gldt-wrongwrongwrongwrong"));
            Assert.Equal((401, "UNAUTHORIZED"), (answer.Status, (string?)answer.Json["errors"]![0]!["code"]));
            Assert.StartsWith("HTTP Basic: Access denied.", (string?)answer.Json["errors"]![0]!["message"], StringComparison.Ordinal);
            Assert.Null(answer["WWW-Authenticate"]);
        }
    }

    [Fact]
    [Reference("3.4", "unknown service 404 with an empty body; POST 404")]
    public async Task WhatIsNotServed_IsNotFound()
    {
        var token = await _api.IssueAsync($"projects/{await _api.ProjectAsync()}", "read_registry");
        var unknown = await _api.JwtAsync("service=no_such_service", token.Basic);
        Assert.Equal((404, ""), (unknown.Status, unknown.Body));
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Post, "/jwt/auth?" + Service, null, ("Authorization", token.Basic))).Status);
    }

    [Fact]
    [Reference("3.4", "no registry ability (read_repository only): 403 DENIED, which blocks docker login too; package scopes only: 401")]
    public async Task TokenWithoutRegistryScope_CannotSignIn()
    {
        var project = await _api.ProjectAsync();
        var code = await _api.JwtAsync(Service, (await _api.IssueAsync($"projects/{project}", "read_repository")).Basic);
        Assert.Equal((403, "DENIED", "access forbidden"), (code.Status, Error(code, "code"), Error(code, "message")));
        Assert.Equal(403, (int)code.Json["http_status"]!);
        Assert.Equal(401, (await _api.JwtAsync(Service, (await _api.IssueAsync($"projects/{project}", "read_package_registry")).Basic)).Status);
    }

    [Fact]
    [Reference("3.4", "docker login: no scope, 200; denied scopes are dropped without a word, even all of them")]
    public async Task DeniedScopes_AreDroppedSilently()
    {
        var (mine, other) = (await PathAsync(), await PathAsync());
        var token = await _api.IssueAsync($"projects/{mine.Project}", "read_registry");

        Assert.Empty(RegistryJwt.Access(await _api.JwtAsync(Service, token.Basic)));
        var all = await _api.JwtAsync($"{Service}&scope=repository:{other.Path}:pull,push&scope=repository:none/such:pull", token.Basic);
        Assert.Equal(200, all.Status);
        Assert.Empty(RegistryJwt.Access(all));
        var some = RegistryJwt.Access(await _api.JwtAsync($"{Service}&scope=repository:{mine.Path}:push,pull&scope=repository:{other.Path}:pull", token.Basic));
        Assert.Equal((mine.Path, """["pull"]"""), ((string)Assert.Single(some)["name"]!, some[0]["actions"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("&scope=repository:{0}:pull&scope=repository:{0}/b:push")]
    [InlineData("&scope=repository:{0}:pull%20repository:{0}/b:push")]
    [InlineData("&scope=repository:{0}:pull+repository:{0}/b:push")]
    [Reference("3.4", "scopes repeated and joined by spaces; the longest project prefix; requested order of actions")]
    public async Task Scopes_InEveryForm_AreRead(string scopes)
    {
        var place = await PathAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_registry", "write_registry");
        var access = RegistryJwt.Access(await _api.JwtAsync(
            Service + string.Format(System.Globalization.CultureInfo.InvariantCulture, scopes, place.Path), token.Basic));
        Assert.Equal([place.Path, place.Path + "/b"], access.Select(static entry => (string)entry["name"]!));
        var swapped = RegistryJwt.Access(await _api.JwtAsync($"{Service}&scope=repository:{place.Path}:push,pull", token.Basic));
        Assert.Equal("""["push","pull"]""", swapped[0]["actions"]!.ToJsonString());
    }

    [Theory]
    [InlineData("registry:catalog:*")]
    [InlineData("repository(plugin):{0}:pull")]
    [InlineData("repository:{0}")]
    [InlineData("repository:{0}:delete")]
    [InlineData("repository:{0}:*")]
    [Reference("3.4", "the catalogue, other types, fewer than three parts, delete and *: never")]
    public async Task Scopes_ThatAreNeverGranted_AreDropped(string scope)
    {
        var place = await PathAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_registry", "write_registry");
        var answer = await _api.JwtAsync(
            $"{Service}&scope={Uri.EscapeDataString(string.Format(System.Globalization.CultureInfo.InvariantCulture, scope, place.Path))}", token.Basic);
        Assert.Equal(200, answer.Status);
        Assert.Empty(RegistryJwt.Access(answer));
    }

    [Fact]
    [Reference("3.4", "anonymous may pull what is public and nothing else; a token that may pull at all may pull what is public")]
    public async Task PublicProjects_MayBePulledByEverybody()
    {
        var (open, inner, hidden) = (await PathAsync("public"), await PathAsync("internal"), await PathAsync());
        var reader = await _api.IssueAsync($"projects/{hidden.Project}", "read_registry");
        var writer = await _api.IssueAsync($"projects/{hidden.Project}", "write_registry");

        Assert.Equal("""["pull"]""", await GrantedAsync(open.Path, null));
        Assert.Equal("""["pull"]""", await GrantedAsync(open.Path, reader.Basic));
        Assert.Null(await GrantedAsync(open.Path, writer.Basic));
        Assert.Null(await GrantedAsync(inner.Path, reader.Basic));
        var refused = await _api.JwtAsync($"{Service}&scope=repository:{hidden.Path}:pull");
        Assert.Equal((403, "DENIED"), (refused.Status, Error(refused, "code")));
        Assert.Equal(403, (await _api.JwtAsync(Service)).Status);
    }

    [Fact]
    [Reference("3.4", "archived project: pull yes, push no; registry switched off in the project: nothing")]
    public async Task ArchivedOrSwitchedOff_IsLimited()
    {
        var place = await PathAsync();
        var token = await _api.IssueAsync($"projects/{place.Project}", "read_registry", "write_registry");
        _ = await _api.PostAsync($"/projects/{place.Project}/archive");
        Assert.Equal("""["pull"]""", await GrantedAsync(place.Path, token.Basic));
        _ = await _api.PostAsync($"/projects/{place.Project}/unarchive");
        Assert.Equal("""["pull","push"]""", await GrantedAsync(place.Path, token.Basic));
        _ = await _api.PutAsync($"/projects/{place.Project}", new { container_registry_access_level = "disabled" });
        Assert.Null(await GrantedAsync(place.Path, token.Basic));
    }

    [Fact]
    [Reference("3.4", "the claims: access with meta, auth_type, jti, aud, iss, iat, nbf, exp, the nested user, no sub; kid is the libtrust fingerprint")]
    public async Task Claims_AreAsRegistriesExpect()
    {
        var top = await _api.GroupAsync();
        var project = await _api.ProjectAsync(await _api.GroupAsync(top));
        var path = (string)(await _api.GetAsync($"/projects/{project}")).Json["path_with_namespace"]!;
        var token = await _api.IssueAsync($"projects/{project}", "read_registry");
        var jwt = (string)(await _api.JwtAsync($"{Service}&scope=repository:{path}/image:pull", token.Basic)).Json["token"]!;
        var claims = RegistryJwt.Claims(jwt);

        Assert.Matches("^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$", (string?)RegistryJwt.Header(jwt)["kid"]);
        Assert.Equal(
            ("deploy_token", "container_registry", "gitlab-issuer"), ((string)claims["auth_type"]!, (string)claims["aud"]!, (string)claims["iss"]!));
        Assert.True(Guid.TryParse((string?)claims["jti"], out _));
        Assert.Equal((long)claims["iat"]! - 5, (long)claims["nbf"]!);
        Assert.Equal((long)claims["iat"]! + 300, (long)claims["exp"]!);
        Assert.Null(claims["sub"]);
        var access = claims["access"]![0]!;
        Assert.Equal(("repository", path + "/image"), ((string)access["type"]!, (string)access["name"]!));
        Assert.Equal(
            (path, project, top),
            ((string)access["meta"]!["project_path"]!, (long)access["meta"]!["project_id"]!, (long)access["meta"]!["root_namespace_id"]!));
        var user = RegistryJwt.Claims((string)claims["user"]!)["user_info"]!;
        Assert.Equal(
            ("deploy_token", $"gitlab+deploy-token-{token.Id}", token.Id),
            ((string)user["token_type"]!, (string)user["username"]!, (long)user["deploy_token_id"]!));
    }

    private static string? Error(Answer answer, string part) => (string?)answer.Json["errors"]![0]![part];

    private async Task<string?> GrantedAsync(string path, string? basic)
    {
        var answer = await _api.JwtAsync($"{Service}&scope=repository:{path}:pull,push", basic);
        Assert.Equal(200, answer.Status);
        return RegistryJwt.Access(answer).SingleOrDefault()?["actions"]!.ToJsonString();
    }

    private async Task<(long Project, string Path)> PathAsync(string visibility = "private")
    {
        var project = await _api.ProjectAsync(visibility: visibility);
        return (project, (string)(await _api.GetAsync($"/projects/{project}")).Json["path_with_namespace"]!);
    }
}
