using System.Text;
using System.Text.Json;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>Registries and dependency proxies behind a proxy that asks, over a real grid, with the JWTs that it makes.</summary>
public sealed class ImageSurfaceTests(GridFixture grid) : IClassFixture<GridFixture>
{
    private const DeployTokenScopes Both = DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry;
    /// <summary>Where the client of these tests says that it is.</summary>
    private const string Here = "http://git.example";

    private const string InvalidToken = ",error=\"invalid_token\"";
    private const string InsufficientScope = ",error=\"insufficient_scope\"";

    [Fact]
    public async Task Registry_WithoutAJwt_SaysWhereThereIsOneAndForWhat()
    {
        foreach (var headers in new[] { Array.Empty<string>(), [Basic("ci", "gldt-x")] })
        {
            var pull = await AskAsync("GET", "/v2/acme/api/manifests/latest", headers);
            var push = await AskAsync("POST", "/v2/acme/api/blobs/uploads/?from=acme/b", headers);

            Assert.Equal((401, Challenge("container_registry") + ",scope=\"repository:acme/api:pull\""), (pull.Status, pull["WWW-Authenticate"]));
            Assert.Equal(Challenge("container_registry") + ",scope=\"repository:acme/api:pull,push repository:acme/b:pull\"", push["WWW-Authenticate"]);
            Assert.Equal("no-store", pull["Cache-Control"]);
            var error = JsonDocument.Parse(pull.Body).RootElement.GetProperty("errors")[0];
            Assert.Equal(("UNAUTHORIZED", "acme/api"), (error.GetProperty("code").GetString(), error.GetProperty("detail")[0].GetProperty("Name").GetString()));
        }
    }

    [Theory]
    [InlineData("X-Forwarded-Proto: https|X-Forwarded-Host: registry.example:5000", "https://registry.example:5000")]
    [InlineData("X-Forwarded-Host: [::1]:5000", "http://[::1]:5000")]
    [InlineData("X-Forwarded-Proto: gopher|X-Forwarded-Host: registry.example", null)]
    [InlineData("X-Forwarded-Proto: https|X-Forwarded-Host: a\",realm=\"http://evil", null)]
    [InlineData("X-Forwarded-Host: a, b", null)]
    [InlineData("X-Forwarded-Host: a|X-Forwarded-Host: b", null)]
    [InlineData("X-Forwarded-Host: ", null)]
    public async Task Realm_WithoutAnExternalUrl_IsWhatTheClientCalledTheProxy(string headers, string? address)
    {
        var answer = await AskAsync("GET", "/v2/", headers.Split('|'));

        var realm = (address ?? Here) + "/jwt/auth";
        Assert.Equal($"Bearer realm=\"{realm}\",service=\"container_registry\"", answer["WWW-Authenticate"]);
    }

    [Fact]
    public async Task Registry_WithAJwt_AllowsWhatItGrantsUntilTheTokenIsRevoked()
    {
        var place = await PlaceAsync("images");
        var token = await grid.TokenAsync(place.Project.AsNamespace, Both, username: "ci");
        var jwt = await JwtAsync(token, "container_registry", "repository:images/api/x:pull,push");

        var pull = await AskAsync("GET", "/v2/images/api/x/manifests/latest", jwt);
        Assert.Equal((200, "ci", "images/api"), (pull.Status, pull["X-Auth-User"], pull["X-Auth-Project"]));
        Assert.Equal(token.Token.Id.ToString(), pull["X-Auth-Token-Id"]);
        Assert.Equal(200, (await AskAsync("PATCH", "/v2/images/api/x/blobs/uploads/abc?_state=x", jwt)).Status);
        Assert.Equal(200, (await AskAsync("GET", "/v2/", jwt)).Status);

        var other = await AskAsync("GET", "/v2/images/api/y/manifests/latest", jwt);
        Assert.Equal(
            (401, Challenge("container_registry") + ",scope=\"repository:images/api/y:pull\"" + InsufficientScope),
            (other.Status, other["WWW-Authenticate"]));
        var mount = await AskAsync("POST", "/v2/images/api/x/blobs/uploads/?from=images/api/y", jwt);
        Assert.EndsWith(InsufficientScope, mount["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Null(other["X-Auth-User"]);

        await grid.RevokeAsync(token);
        foreach (var (method, path) in new[] { ("GET", "/manifests/latest"), ("PATCH", "/blobs/uploads/abc"), ("HEAD", "/manifests/latest") })
        {
            var refused = await AskAsync(method, "/v2/images/api/x" + path, jwt);
            Assert.Equal(401, refused.Status);
            Assert.EndsWith(InvalidToken, refused["WWW-Authenticate"], StringComparison.Ordinal);
        }

        var ping = await AskAsync("GET", "/v2/", jwt);
        Assert.Equal((401, Challenge("container_registry") + InvalidToken), (ping.Status, ping["WWW-Authenticate"]));
    }

    [Fact]
    public async Task Registry_WithNobodysJwt_AllowsPullingWhatIsPublic()
    {
        var group = await grid.GroupAsync("openimages", Visibility.Public);
        _ = await grid.ProjectAsync(group, "lib", Visibility.Public);
        var jwt = await JwtAsync(null, "container_registry", "repository:openimages/lib:pull");

        var pull = await AskAsync("GET", "/v2/openimages/lib/tags/list", jwt);

        Assert.Equal((200, "(anonymous)", "0"), (pull.Status, pull["X-Auth-User"], pull["X-Auth-Token-Id"]));
        Assert.Equal(401, (await AskAsync("POST", "/v2/openimages/lib/blobs/uploads/", jwt)).Status);
    }

    [Fact]
    public async Task Registry_AskedToDelete_RefusesWhateverIsShown()
    {
        var place = await PlaceAsync("keep");
        var jwt = await JwtAsync(await grid.TokenAsync(place.Project.AsNamespace, Both), "container_registry", "repository:keep/api:pull,push,delete,*");

        foreach (var headers in new[] { Array.Empty<string>(), [jwt] })
        {
            var answer = await AskAsync("DELETE", "/v2/keep/api/manifests/latest", headers);
            Assert.Equal((403, null), (answer.Status, answer["WWW-Authenticate"]));
            Assert.Equal("DENIED", JsonDocument.Parse(answer.Body).RootElement.GetProperty("errors")[0].GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task DependencyProxy_AsksForAJwtAndObeysTheTokenBehindIt()
    {
        var parent = await grid.GroupAsync("depot");
        var child = await grid.SubgroupAsync(parent, "child");
        _ = await grid.GroupAsync("depot-rival");
        var token = await grid.TokenAsync(child.AsNamespace, Both, username: "ci");
        const string Image = "/dependency_proxy/containers/library/alpine/manifests/latest";

        var anonymous = await AskAsync("GET", "/v2/depot/child" + Image);
        Assert.Equal((401, Challenge("dependency_proxy"), ""), (anonymous.Status, anonymous["WWW-Authenticate"], anonymous.Body));

        var jwt = await JwtAsync(token, "dependency_proxy");
        var allowed = await AskAsync("HEAD", "/v2/Depot/child" + Image, jwt);
        Assert.Equal((200, "ci"), (allowed.Status, allowed["X-Auth-User"]));
        foreach (var group in new[] { "depot", "depot-rival", "depot/none", "none" })
        {
            var hidden = await AskAsync("GET", $"/v2/{group}{Image}", jwt);
            Assert.Equal((403, "not_found"), (hidden.Status, hidden["X-Auth-Reason"]));
        }

        Assert.Equal(403, (await AskAsync("PUT", "/v2/depot/child" + Image, jwt)).Status);
        await grid.RevokeAsync(token);
        Assert.Equal((401, Challenge("dependency_proxy")), await StatusAsync("GET", "/v2/depot/child" + Image, jwt));
    }

    [Fact]
    public async Task SignIn_IsToWhatTheProxySaysItHas()
    {
        var group = await grid.GroupAsync("signin");
        var token = await grid.TokenAsync(group.AsNamespace, Both);
        var (registry, proxy) = (await JwtAsync(token, "container_registry"), await JwtAsync(token, "dependency_proxy"));
        const string OfProxy = "X-Auth-Service: dependency_proxy";

        foreach (var path in new[] { "/v2/", "/v2" })
        {
            Assert.Equal((401, Challenge("container_registry")), await StatusAsync("GET", path));
            Assert.Equal((401, Challenge("container_registry")), await StatusAsync("GET", path, "X-Auth-Service: container_registry"));
            Assert.Equal((401, Challenge("dependency_proxy")), await StatusAsync("GET", path, OfProxy));
            Assert.Equal((200, null), await StatusAsync("GET", path, registry));
            Assert.Equal((200, null), await StatusAsync("HEAD", path, proxy, OfProxy));
            Assert.Equal((401, Challenge("dependency_proxy")), await StatusAsync("GET", path, registry, OfProxy));
            Assert.Equal((401, Challenge("container_registry") + InvalidToken), await StatusAsync("GET", path, proxy));
        }

        Assert.Equal((403, null), await StatusAsync("GET", "/v2/", registry, "X-Auth-Service: other"));
        Assert.Equal((403, null), await StatusAsync("GET", "/v2/", registry, OfProxy, "X-Auth-Service: container_registry"));
        Assert.Equal((403, null), await StatusAsync("POST", "/v2/", registry));
        Assert.Equal((403, null), await StatusAsync("GET", "/v%32/", registry));
        Assert.Equal((401, Challenge("container_registry") + InvalidToken), await StatusAsync("GET", "/v2/", registry, registry));
    }

    [Theory]
    [InlineData("GET", "/v2/_catalog")]
    [InlineData("GET", "/v2/understood/api/../../other/api/manifests/latest")]
    [InlineData("GET", "/v2/understood/api%2F..%2Fother/manifests/latest")]
    [InlineData("GET", "/v2//understood/api/manifests/latest")]
    [InlineData("GET", "/v2/understood%2Fapi/manifests/latest")]
    [InlineData("GET", "/v2/understood/api.git/info/refs?service=git-upload-pack")]
    [InlineData("POST", "/v2/understood/api/blobs/uploads/?from=a/b&from=c/d")]
    public async Task Request_ThatIsNotUnderstood_IsForbidden(string method, string target)
    {
        var token = await grid.TokenAsync((await grid.EnsureGroupAsync("understood")).AsNamespace, Both);
        var jwt = await JwtAsync(token, "container_registry", "repository:understood/api:pull,push");

        Assert.Equal((403, null), await StatusAsync(method, target, jwt));
    }

    [Fact]
    public async Task Upload_ThatComesWithAForm_IsForbidden()
    {
        var place = await PlaceAsync("forms");
        var jwt = await JwtAsync(await grid.TokenAsync(place.Project.AsNamespace, Both), "container_registry", "repository:forms/api:pull,push");

        Assert.Equal((200, null), await StatusAsync("POST", "/v2/forms/api/blobs/uploads/", jwt));
        Assert.Equal((403, null), await StatusAsync("POST", "/v2/forms/api/blobs/uploads/", jwt, "Content-Type: application/x-www-form-urlencoded"));
    }

    [Fact]
    public async Task Anything_WhenTheGridFails_IsUnavailable()
    {
        Exception[] faults = [new OrleansException("gone"), new TokenAuthorityException(), new InvalidOperationException("a bug")];
        foreach (var fault in faults)
        {
            var authority = new StubAuthority { JudgeUse = _ => throw fault, JudgeDependencyProxyUse = _ => throw fault };
            await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);
            foreach (var path in new[] { "/v2/", "/v2/acme/api/manifests/latest", "/v2/acme/dependency_proxy/containers/alpine/manifests/latest" })
            {
                var answer = await RawHttp.SendAsync(server.Address, "GET", "/forward-auth" + path, "Authorization: Bearer a.b.c");
                Assert.Equal((503, "unavailable"), (answer.Status, answer["X-Auth-Reason"]));
            }
        }
    }

    [Theory]
    [InlineData(DenyReason.TokenExpired, 401, null)]
    [InlineData(DenyReason.ResourceArchived, 401, null)]
    [InlineData(DenyReason.FeatureDisabled, 403, "not_found")]
    [InlineData(DenyReason.None, 503, "unavailable")]
    public async Task Registry_WhateverIsDecided_NeverAllowsARefusal(DenyReason reason, int status, string? told)
    {
        var authority = new StubAuthority { JudgeUse = _ => Decision.Deny(reason), JudgeDependencyProxyUse = _ => Decision.Deny(reason) };
        await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

        var answer = await RawHttp.SendAsync(server.Address, "GET", "/forward-auth/v2/acme/api/manifests/latest", "Authorization: bearer a.b.c");
        var ofProxy = await RawHttp.SendAsync(
            server.Address, "GET", "/forward-auth/v2/acme/dependency_proxy/containers/alpine/manifests/latest", "Authorization: Bearer a.b.c");

        Assert.Equal((status, told), (answer.Status, answer["X-Auth-Reason"]));
        Assert.NotEqual(200, ofProxy.Status);
    }

    private static string Challenge(string service) => $"Bearer realm=\"{Here}/jwt/auth\",service=\"{service}\"";

    private Task<RawAnswer> AskAsync(string method, string uri, params string[] headers) =>
        RawHttp.SendAsync(grid.Server, "GET", "/forward-auth", [$"X-Original-URI: {uri}", $"X-Original-Method: {method}", .. headers]);

    private async Task<(int Status, string? Challenge)> StatusAsync(string method, string uri, params string[] headers)
    {
        var answer = await AskAsync(method, uri, headers);
        return (answer.Status, answer["WWW-Authenticate"]);
    }

    /// <summary>The header with a JWT as a docker client gets it.</summary>
    private async Task<string> JwtAsync(IssuedDeployToken? token, string service, string? scope = null)
    {
        string[] headers = token is null ? [] : [Basic(token.Token.Username, token.Secret.Reveal())];
        var answer = await RawHttp.SendAsync(
            grid.Server, "GET", $"/jwt/auth?service={service}{(scope is null ? "" : "&scope=" + scope)}", headers);
        Assert.Equal(200, answer.Status);
        return "Authorization: Bearer " + JsonDocument.Parse(answer.Body).RootElement.GetProperty("token").GetString();
    }

    private async Task<(GroupId Group, ProjectId Project)> PlaceAsync(string name)
    {
        var group = await grid.GroupAsync(name);
        return (group, await grid.ProjectAsync(group, "api"));
    }

    private static string Basic(string username, string secret) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));
}
