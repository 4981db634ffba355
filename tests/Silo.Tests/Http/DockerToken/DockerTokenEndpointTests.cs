using System.Text;
using System.Text.Json;
using OrleansTokens.Errors;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.DockerToken;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.DockerToken;

public sealed class DockerTokenEndpointTests
{
    private const string Service = "service=container_registry";

    private static readonly Decision Allow = new(true, DenyReason.None, null, null);

    [Fact]
    public async Task Get_WithAGoodCredential_GivesTheTokenUnderBothNames()
    {
        var asked = new List<RegistryTokenRequest>();
        var authority = new StubAuthority
        {
            Sign = request =>
            {
                asked.Add(request);
                return new RegistryTokenAnswer(Allow, "a.b.c", new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero), 300);
            },
        };

        var answer = await AskAsync(
            authority,
            $"account=ci&{Service}&scope=repository%3Aacme%2Fapi%3Apull%2Cpush&scope=repository:acme/b:pull+registry:catalog:*",
            Basic("ci", authority.Token.Reveal()));

        Assert.Equal((200, "no-store"), (answer.Status, answer["Cache-Control"]));
        var json = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal("a.b.c", json.GetProperty("token").GetString());
        Assert.Equal("a.b.c", json.GetProperty("access_token").GetString());
        Assert.Equal(300, json.GetProperty("expires_in").GetInt32());
        Assert.Equal("2026-02-03T04:05:06Z", json.GetProperty("issued_at").GetString());
        var request = Assert.Single(asked);
        Assert.Equal("ci", request.Credential!.Username);
        Assert.Equal(
            ["acme/api pull,push", "acme/b pull"], request.Scopes.Select(s => $"{s.Name} {string.Join(',', s.Actions)}"));
    }

    [Fact]
    public async Task Get_WithoutScopeOrCredential_AsksForNothingAsNobody()
    {
        RegistryTokenRequest? asked = null;
        var authority = new StubAuthority
        {
            Sign = request =>
            {
                asked = request;
                return Refuse(DenyReason.CredentialRequired);
            },
        };

        var answer = await AskAsync(authority, Service);

        Assert.Equal(403, answer.Status);
        Assert.Equal(
            "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"access forbidden\"}],\"http_status\":403}", answer.Body);
        Assert.Null(asked!.Credential);
        Assert.Empty(asked.Scopes);
    }

    [Theory]
    [InlineData(DenyReason.CredentialMalformed, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.CredentialForged, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.TokenUnknown, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.SecretMismatch, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.UsernameMismatch, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.TokenRevoked, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.TokenExpired, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.HolderGone, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.ScopesOfNoUseHere, 401, "UNAUTHORIZED")]
    [InlineData(DenyReason.ScopeMissing, 403, "DENIED")]
    [InlineData(DenyReason.CredentialRequired, 403, "DENIED")]
    [InlineData(DenyReason.ActionNeverGranted, 403, "DENIED")]
    [InlineData(DenyReason.FeatureDisabled, 404, "UNAVAILABLE")]
    [InlineData(DenyReason.None, 503, "UNAVAILABLE")]
    public async Task Get_WhenSignInIsRefused_SaysSoInGitLabsForm(DenyReason reason, int status, string code)
    {
        var authority = new StubAuthority { Sign = _ => Refuse(reason) };

        var answer = await AskAsync(authority, Service, Basic("ci", authority.Token.Reveal()));

        Assert.Equal(status, answer.Status);
        var json = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal(code, json.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal(status is 403 or 404, json.TryGetProperty("http_status", out var repeated) && repeated.GetInt32() == status);
        Assert.Null(answer["WWW-Authenticate"]);
    }

    [Fact]
    public async Task Get_WhenAnAllowedSignInComesWithoutToken_IsUnavailable()
    {
        var authority = new StubAuthority { Sign = _ => new RegistryTokenAnswer(Allow, null, default, 0) };

        Assert.Equal(503, (await AskAsync(authority, Service, Basic("ci", authority.Token.Reveal()))).Status);
    }

    [Theory]
    [InlineData("Authorization: Basic !!!")]
    [InlineData("Authorization: Basic Y2k6")] // no secret
    [InlineData("Authorization: Basic Y2k6Z2xkdC1mb3JnZWQ=")]
    public async Task Get_WithACredentialThatCannotBe_IsUnauthorizedWithoutAskingAnyone(string credential)
    {
        Assert.Equal(401, (await AskAsync(new StubAuthority(), Service, credential)).Status);
        Assert.Equal(401, (await AskAsync(new StubAuthority(), "service=other", credential)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("service=")]
    [InlineData("service=other")]
    [InlineData("service=Container_Registry")]
    [InlineData("service=container_registry&service=container_registry")]
    public async Task Get_ForAnotherService_IsNotFoundToWhoeverIsKnownOrSaysNothing(string query)
    {
        var known = new StubAuthority { Decide = () => Allow };
        var unknown = new StubAuthority { Decide = () => Decision.Deny(DenyReason.TokenRevoked) };

        Assert.Equal((404, ""), ((await AskAsync(known, query)).Status, (await AskAsync(known, query)).Body));
        Assert.Equal(404, (await AskAsync(known, query, Basic("ci", known.Token.Reveal()))).Status);
        Assert.Equal(401, (await AskAsync(unknown, query, Basic("ci", unknown.Token.Reveal()))).Status);
    }

    [Theory]
    [InlineData(DenyReason.TokenRevoked, 401, "")]
    [InlineData(DenyReason.ScopesOfNoUseHere, 401, "")]
    [InlineData(DenyReason.CredentialWrongKind, 403, "access forbidden")]
    [InlineData(DenyReason.ScopeMissing, 403, "access forbidden")]
    [InlineData(DenyReason.CredentialRequired, 403, "access forbidden")]
    [InlineData(DenyReason.FeatureDisabled, 404, "dependency proxy not enabled")]
    [InlineData(DenyReason.None, 503, "")]
    public async Task Get_WhenTheDependencyProxyRefuses_SaysSoInItsOwnForm(DenyReason reason, int status, string message)
    {
        var authority = new StubAuthority { SignForDependencyProxy = _ => Refuse(reason) };

        var answer = await AskAsync(authority, "service=dependency_proxy", Basic("ci", authority.Token.Reveal()));

        Assert.Equal(status, answer.Status);
        var form = $"{{\"message\":\"{message}\",\"status\":\"error\",\"http_status\":{status}}}";
        Assert.Equal(message.Length > 0, answer.Body == form);
        Assert.Equal(message.Length == 0, answer.Body.StartsWith("{\"errors\":[{\"code\":", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_ForTheDependencyProxy_GivesTheTokenUnderBothNames()
    {
        Credential? shown = null;
        var authority = new StubAuthority
        {
            SignForDependencyProxy = credential =>
            {
                shown = credential;
                return new RegistryTokenAnswer(Allow, "d.e.f", new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero), 300);
            },
        };

        var answer = await AskAsync(
            authority, "service=dependency_proxy&scope=repository:acme/dependency_proxy/containers/alpine:pull",
            Basic("ci", authority.Token.Reveal()));

        var json = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal((200, "d.e.f", "d.e.f"), (answer.Status, json.GetProperty("token").GetString(), json.GetProperty("access_token").GetString()));
        Assert.Equal("ci", shown!.Username);
    }

    [Fact]
    public async Task Get_WithMoreScopesThanAllowed_NamesTheParameter()
    {
        var scopes = string.Concat(Enumerable.Range(0, Limits.MaxRegistryScopes + 1).Select(i => $"&scope=repository:acme/r{i}:pull"));

        var answer = await AskAsync(new StubAuthority(), Service + scopes);

        Assert.Equal(400, answer.Status);
        var error = JsonDocument.Parse(answer.Body).RootElement.GetProperty("errors")[0];
        Assert.StartsWith("scope ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task OtherMethod_IsNotFound(string method)
    {
        await using var server = await StubServer.StartAsync(new StubAuthority().Grains, DockerTokenRoutes.MapDockerToken);

        Assert.Equal(404, (await RawHttp.SendAsync(server.Address, method, "/jwt/auth?" + Service)).Status);
    }

    [Fact]
    public async Task Head_Always_IsAnsweredAsGetWithoutABody()
    {
        var authority = new StubAuthority { Sign = _ => Refuse(DenyReason.CredentialRequired) };
        await using var server = await StubServer.StartAsync(authority.Grains, DockerTokenRoutes.MapDockerToken);

        var answer = await RawHttp.SendAsync(server.Address, "HEAD", "/jwt/auth?" + Service);

        Assert.Equal((403, ""), (answer.Status, answer.Body));
        Assert.Equal(404, (await RawHttp.SendAsync(server.Address, "HEAD", "/jwt/auth?service=other")).Status);
    }

    [Fact]
    public async Task Get_WhenTheGridFails_IsUnavailable()
    {
        Exception[] faults = [new OrleansException("gone"), new TokenAuthorityException(), new InvalidOperationException("a bug")];
        foreach (var fault in faults)
        {
            var authority = new StubAuthority { Sign = _ => throw fault, SignForDependencyProxy = _ => throw fault, Decide = () => throw fault };
            var credential = Basic("ci", authority.Token.Reveal());

            Assert.Equal(503, (await AskAsync(authority, Service)).Status);
            Assert.Equal(503, (await AskAsync(authority, Service, credential)).Status);
            Assert.Equal(503, (await AskAsync(authority, "service=other", credential)).Status);
            Assert.Equal(503, (await AskAsync(authority, "service=dependency_proxy", credential)).Status);
            Assert.Equal(503, (await AskAsync(authority, "service=dependency_proxy")).Status);
        }
    }

    private static RegistryTokenAnswer Refuse(DenyReason reason) => new(Decision.Deny(reason), null, default, 0);

    private static async Task<RawAnswer> AskAsync(StubAuthority authority, string query, params string[] headers)
    {
        await using var server = await StubServer.StartAsync(authority.Grains, DockerTokenRoutes.MapDockerToken);
        return await RawHttp.SendAsync(server.Address, "GET", "/jwt/auth?" + query, headers);
    }

    private static string Basic(string username, string secret) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));
}
