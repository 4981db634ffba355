using System.Net;
using Microsoft.AspNetCore.Authorization;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.AspNetCore;

public sealed class AuthorizationTests
{
    [Fact]
    public async Task Scope_WhenOneOfThemWasGranted_LetsIn()
    {
        await using var site = await Site.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, "/registry"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(site, "/repository"));
    }

    [Fact]
    public async Task Endpoint_WithoutACredential_IsChallenged()
    {
        await using var site = await Site.StartAsync();
        foreach (var path in new[] { "/registry", "/packages/4", "/imperative/4" })
        {
            using var response = await site.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.True(response.Headers.Contains("WWW-Authenticate"));
        }
    }

    [Theory]
    [InlineData("/packages/", RegistryAction.ReadPackage)]
    [InlineData("/imperative/", RegistryAction.WritePackage)]
    public async Task Action_AtAResource_IsAskedOfTheAuthority(string path, RegistryAction action)
    {
        await using var site = await Site.StartAsync();
        var allowed = new Question(action, Resource.Of(new ProjectId(4)));
        site.Grid.Decide = question => question == allowed || question.Action == RegistryAction.Introspect
            ? new Decision(true, DenyReason.None, CountingGrid.Somebody, null)
            : new Decision(false, DenyReason.ResourceOutsideHolder, CountingGrid.Somebody, null);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(site, path + "4"));
        Assert.Equal("ci", site.Grid.LastRequest!.Credential.Username);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(site, path + "5"));
    }

    [Theory]
    [InlineData("/packages/4")]
    [InlineData("/imperative/4")]
    public async Task Action_WhenTheAuthorityGoesAwayBetweenTheQuestions_IsUnavailable(string path)
    {
        await using var site = await Site.StartAsync();
        site.Grid.Decide = question => question.Action == RegistryAction.Introspect
            ? new Decision(true, DenyReason.None, CountingGrid.Somebody, null)
            : throw new TimeoutException();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(site, path));
    }

    [Fact]
    public void Scope_WhenThereIsNoneOfThatName_IsRefusedAtStart()
    {
        Assert.Throws<ArgumentException>(() => new AuthorizationPolicyBuilder().RequireDeployTokenScope("read_regsitry"));
        Assert.Throws<ArgumentException>(() => new AuthorizationPolicyBuilder().RequireDeployTokenScope());
    }

    [Theory]
    [InlineData(RegistryAction.None)]
    [InlineData((RegistryAction)999)]
    public void Requirement_WhenThereIsNoSuchAction_IsRefusedAtStart(RegistryAction action) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeployTokenRequirement(action));

    private static async Task<HttpStatusCode> StatusAsync(Site site, string path)
    {
        using var response = await site.GetWithTokenAsync(path);
        return response.StatusCode;
    }
}
