using OrleansTokens.DeployTokens;

namespace OrleansTokens.Silo.Tests.Http.Abuse;

/// <summary>What each surface answers where an external service decides (reference §3.7).</summary>
public sealed class ExternalAuthorizationTests(AbuseHost host) : IClassFixture<AbuseHost>
{
    private const string On = """{"external_authorization_service_enabled":true,"allow_deploy_tokens_and_keys_with_external_authn":false}""";
    private const string Off = """{"external_authorization_service_enabled":false}""";
    private const string Allowed = """{"allow_deploy_tokens_and_keys_with_external_authn":true}""";

    [Fact]
    public async Task Git_WhenAnExternalServiceDecides_SaysThatThePrivateProjectIsNotThere()
    {
        await host.SetAsync(On);
        var fetch = await AskAsync("acme/api.git/info/refs?service=git-upload-pack", host.Token);
        Assert.Equal((403, "not_found"), (fetch.Status, fetch["X-Auth-Reason"]));
        Assert.Equal("The project you were looking for could not be found or you don't have permission to view it.", fetch.Body);
        var push = await AskAsync("acme/api.git/info/refs?service=git-receive-pack", host.Token);
        Assert.Equal((403, "not_found"), (push.Status, push["X-Auth-Reason"]));
        var lfs = await AskAsync("acme/api.git/info/lfs/locks", host.Token);
        Assert.Equal((403, "not_found", """{"message":"Not found."}"""), (lfs.Status, lfs["X-Auth-Reason"], lfs.Body));
        Assert.Equal(401, (await host.FetchAsync(host.NewSource(), "wrong")).Status);

        await host.SetAsync(Allowed);
        Assert.Equal(200, (await host.FetchAsync(host.NewSource(), host.Token.Secret.Reveal())).Status);
        await host.SetAsync(Off);
        Assert.Equal(200, (await host.FetchAsync(host.NewSource(), host.Token.Secret.Reveal())).Status);
    }

    [Fact]
    public async Task Git_WhenAnExternalServiceDecides_StillShowsWhatIsPublic()
    {
        await host.SetAsync(On);
        var token = await host.OpenTokenAsync();
        Assert.Equal(200, (await AskAsync("open/api.git/info/refs?service=git-upload-pack", token)).Status);
        var push = await AskAsync("open/api.git/info/refs?service=git-receive-pack", token);
        Assert.Equal((403, "You are not allowed to upload code."), (push.Status, push.Body));
        await host.SetAsync(Off);
    }

    [Fact]
    public async Task Registry_WhenAnExternalServiceDecides_DeniesEvenToSignIn()
    {
        await host.SetAsync(On);
        var secret = host.Token.Secret.Reveal();
        var denied = await host.SignInAsync(host.NewSource(), secret);
        Assert.Equal((403, """{"errors":[{"code":"DENIED","message":"access forbidden"}],"http_status":403}"""), (denied.Status, denied.Body));
        var pull = await host.AskAsync(
            AbuseHost.Proxy, "/jwt/auth?service=container_registry&scope=repository:open/api:pull", host.Basic(secret));
        Assert.Equal(403, pull.Status);
        Assert.Equal(401, (await host.SignInAsync(host.NewSource(), "wrong")).Status);

        await host.SetAsync(Allowed);
        Assert.Equal(200, (await host.SignInAsync(host.NewSource(), secret)).Status);
        await host.SetAsync(Off);
    }

    private Task<RawAnswer> AskAsync(string path, IssuedDeployToken token) => host.AskAsync(
        AbuseHost.Proxy, "/forward-auth/" + path, host.Basic(token.Secret.Reveal(), token.Token.Username));
}
