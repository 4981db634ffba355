using System.Net;
using System.Text;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.AspNetCore;

public sealed class AuthenticationTests
{
    [Fact]
    public async Task Request_WithBasic_AsksForUsernameAndSecretAndClaimsWhoItIs()
    {
        await using var site = await Site.StartAsync();
        using var response = await site.GetWithTokenAsync("/claims");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            [
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name=ci", "deploy_token_id=7", "deploy_token_holder=group 17",
                "deploy_token_scope=read_registry", "deploy_token_scope=read_package_registry",
            ],
            (await response.Content.ReadAsStringAsync()).Split('\n'));
        var asked = site.Grid.LastRequest!;
        Assert.Equal("ci", asked.Credential.Username);
        Assert.Equal(new Question(RegistryAction.Introspect, default), Assert.Single(asked.Questions));
        Assert.Equal(1, site.Grid.TokenCalls);
    }

    [Fact]
    public async Task Request_WithTheHeader_AsksForTheSecretAlone()
    {
        await using var site = await Site.StartAsync();
        using var response = await site.GetAsync("/claims", ("deploy-token", site.Grid.Issue().Reveal()));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(site.Grid.LastRequest!.Credential.Username);
    }

    [Fact]
    public async Task Request_WhenUsernamesDoNotCount_AsksForTheSecretAlone()
    {
        await using var site = await Site.StartAsync(static options => options.RequireUsername = false);
        using var response = await site.GetAsync("/claims", Site.Basic("whoever", site.Grid.Issue().Reveal()));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(site.Grid.LastRequest!.Credential.Username);
    }

    [Fact]
    public async Task Request_WhenItIsMappedToAQuestion_AsksThat()
    {
        var question = new Question(RegistryAction.ReadPackage, Resource.Of(new ProjectId(4)));
        await using var site = await Site.StartAsync(options => options.Question = _ => question);
        using var response = await site.GetWithTokenAsync("/claims");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(question, Assert.Single(site.Grid.LastRequest!.Questions));
    }

    [Fact]
    public async Task Request_WithoutACredential_IsChallengedAndAsksNobody()
    {
        await using var site = await Site.StartAsync(static options => options.Realm = "Acme packages");
        using var response = await site.GetAsync("/claims");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"Acme packages\", charset=\"UTF-8\"", Assert.Single(response.Headers.GetValues("WWW-Authenticate")));
        Assert.Equal((0, 0), (site.Grid.KeyCalls, site.Grid.TokenCalls));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic Y2k")]
    [InlineData("Basic Y2k6")]
    [InlineData("Basic Y2k6/w==")]
    [InlineData("Basic Y2k6AA==")]
    [InlineData("Basic Y2k6YQ= =")]
    [InlineData("Basic Y2k6YQ===")]
    [InlineData("Bearer Y2k6YQ==")]
    public async Task Request_WhenTheCredentialCannotBeRight_IsChallenged(string authorization)
    {
        await using var site = await Site.StartAsync();
        using var response = await site.GetAsync("/claims", ("Authorization", authorization));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, site.Grid.TokenCalls);
    }

    [Fact]
    public async Task Request_WithPaddingLeftOut_IsUnderstood()
    {
        await using var site = await Site.StartAsync();
        for (var length = 1; length <= 3; length++)
        {
            var pair = $"{new string('u', length)}:{site.Grid.Issue().Reveal()}";
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)).TrimEnd('=');
            using var response = await site.GetAsync("/claims", ("Authorization", "basic " + encoded));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Request_WithSeveralCredentials_TakesBasicAndNoDoubles()
    {
        await using var site = await Site.StartAsync();
        var right = site.Grid.Issue().Reveal();
        using var basicFirst = await site.GetAsync("/claims", Site.Basic("ci", "wrong"), ("Deploy-Token", right));
        Assert.Equal(HttpStatusCode.Unauthorized, basicFirst.StatusCode);
        using var twice = await site.GetAsync("/claims", Site.Basic("ci", right), Site.Basic("ci", right));
        Assert.Equal(HttpStatusCode.Unauthorized, twice.StatusCode);
        using var headerTwice = await site.GetAsync("/claims", ("Deploy-Token", right), ("Deploy-Token", right));
        Assert.Equal(HttpStatusCode.Unauthorized, headerTwice.StatusCode);
    }

    [Fact]
    public async Task Request_WhenTheTokenIsDead_IsChallengedLikeAnyWrongOne()
    {
        await using var site = await Site.StartAsync();
        site.Grid.Decide = static _ => Decision.Deny(DenyReason.TokenRevoked);
        using var response = await site.GetWithTokenAsync("/claims");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_WhenTheTokenIsRightAndMayNot_IsForbidden()
    {
        await using var site = await Site.StartAsync();
        site.Grid.Decide = static _ => new Decision(false, DenyReason.ScopesOfNoUseHere, CountingGrid.Somebody, null);
        using var response = await site.GetWithTokenAsync("/claims");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_WhenTheAuthorityIsAway_IsUnavailableAndNeverAuthenticated()
    {
        await using var site = await Site.StartAsync();
        site.Grid.Fault = new SiloUnavailableException();
        using var response = await site.GetWithTokenAsync("/claims");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.False(response.Headers.Contains("WWW-Authenticate"));
        using var open = await site.GetWithTokenAsync("/open");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        site.Grid.Fault = null;
        using var again = await site.GetWithTokenAsync("/claims");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\r\nb")]
    public async Task Start_WhenTheRealmCannotStandInAHeader_Fails(string realm) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Site.StartAsync(options => options.Realm = realm));
}
