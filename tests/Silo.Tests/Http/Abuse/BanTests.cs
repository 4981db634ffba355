namespace OrleansTokens.Silo.Tests.Http.Abuse;

/// <summary>Bans over the real surfaces.</summary>
public sealed class BanTests(AbuseHost host) : IClassFixture<AbuseHost>
{
    private const string Refusal = "Too many failed authentication attempts from this IP";

    private string Right => host.Token.Secret.Reveal();

    [Fact]
    public async Task Ban_BeforeItIsSwitchedOn_ComesToNobody()
    {
        await host.SetAsync("""{"rack_attack_git_basic_auth_enabled":false}""");
        var source = host.NewSource();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(401, (await host.FetchAsync(source, "wrong")).Status);
        }

        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
    }

    [Fact]
    public async Task Ban_AfterTheLastFailureAllowed_RefusesTheRightCredentialEverywhereAndFromNowhereElse()
    {
        await host.SwitchOnAsync();
        var (source, other) = (host.NewSource(), host.NewSource());
        Assert.Equal(401, (await host.FetchAsync(source, "wrong")).Status);
        Assert.Equal(401, (await host.SignInAsync(source, "wrong")).Status);
        Assert.Equal(401, (await host.FetchAsync(source, Right, "somebody")).Status);

        var git = await host.FetchAsync(source, Right);
        Assert.Equal((403, "banned", Refusal, "600"), (git.Status, git["X-Auth-Reason"], git.Body, git["Retry-After"]));
        Assert.Null(git["X-Auth-User"]);
        var registry = await host.SignInAsync(source, Right);
        Assert.Equal((403, "600"), (registry.Status, registry["Retry-After"]));
        Assert.Equal($$"""{"errors":[{"code":"DENIED","message":"{{Refusal}}"}],"http_status":403}""", registry.Body);
        Assert.Equal((200, 200), ((await host.FetchAsync(other, Right)).Status, (await host.SignInAsync(other, Right)).Status));

        host.Time.Advance(TimeSpan.FromSeconds(599.5));
        Assert.Equal("1", (await host.FetchAsync(source, Right))["Retry-After"]);
        host.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
    }

    [Fact]
    public async Task Ban_WhenThereWasASuccessBetween_DoesNotCome()
    {
        await host.SwitchOnAsync();
        var source = host.NewSource();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((401, 401), ((await host.FetchAsync(source, "wrong")).Status, (await host.FetchAsync(source, "wrong")).Status));
            Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
        }

        // Who is known and may not do what he wants has not failed to authenticate.
        Assert.Equal((401, 401), ((await host.FetchAsync(source, "wrong")).Status, (await host.FetchAsync(source, "wrong")).Status));
        var push = await host.AskAsync(
            AbuseHost.Proxy, "/forward-auth/acme/api.git/info/refs?service=git-receive-pack", $"X-Forwarded-For: {source}", host.Basic(Right));
        Assert.Equal(403, push.Status);
        Assert.Equal(401, (await host.FetchAsync(source, "wrong")).Status);
        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
    }

    [Fact]
    public async Task Ban_FromRequestsWithoutCredentials_DoesNotCome()
    {
        await host.SwitchOnAsync();
        var source = host.NewSource();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(401, (await host.FetchAsync(source, null)).Status);
            Assert.Equal(403, (await host.SignInAsync(source, null)).Status);
        }

        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
    }

    [Fact]
    public async Task Ban_OfRequestsThatCannotBeUnderstood_DoesNotCome()
    {
        await host.SwitchOnAsync();
        var source = host.NewSource();
        for (var i = 0; i < 10; i++)
        {
            var answer = await host.AskAsync(
                AbuseHost.Proxy, "/forward-auth/acme/../api.git/git-upload-pack", $"X-Forwarded-For: {source}", host.Basic("wrong"));
            Assert.Equal(403, answer.Status);
        }

        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
    }

    [Fact]
    public async Task Ban_OfMalformedCredentials_Comes()
    {
        await host.SwitchOnAsync();
        var source = host.NewSource();
        for (var i = 0; i < 3; i++)
        {
            var answer = await host.AskAsync(
                AbuseHost.Proxy, "/jwt/auth?service=container_registry", $"X-Forwarded-For: {source}", "Authorization: Basic !!!");
            Assert.Equal(401, answer.Status);
        }

        Assert.Equal(403, (await host.SignInAsync(source, Right)).Status);
    }

    [Fact]
    public async Task Ban_OfTheLoginOfJobTokens_NeitherComesNorHolds()
    {
        await host.SwitchOnAsync();
        var source = host.NewSource();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(401, (await host.FetchAsync(source, "wrong", "gitlab-ci-token")).Status);
        }

        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
        await FailAsync(source, 3);
        Assert.Equal(403, (await host.FetchAsync(source, Right)).Status);
        Assert.Equal(401, (await host.FetchAsync(source, "wrong", "gitlab-ci-token")).Status);
    }

    [Fact]
    public async Task Ban_With429Set_IsThatForRegistriesAndSaidToProxies()
    {
        await host.SwitchOnAsync(""","rack_attack_git_basic_auth_status":429""");
        var source = host.NewSource();
        await FailAsync(source, 3);
        var registry = await host.SignInAsync(source, Right);
        Assert.Equal((429, "600"), (registry.Status, registry["Retry-After"]));
        Assert.Equal($$"""{"errors":[{"code":"TOOMANYREQUESTS","message":"{{Refusal}}"}]}""", registry.Body);
        var git = await host.FetchAsync(source, Right);
        Assert.Equal((403, "too_many_requests", "600"), (git.Status, git["X-Auth-Reason"], git["Retry-After"]));
    }

    [Fact]
    public async Task Ban_OfASourceThatIsAllowed_NeitherComesNorHolds()
    {
        await host.SwitchOnAsync();
        var (banned, allowed) = (host.NewSource(), host.NewSource());
        await FailAsync(banned, 3);
        Assert.Equal(403, (await host.FetchAsync(banned, Right)).Status);
        await host.SetAsync($$"""{"rack_attack_git_basic_auth_ip_whitelist":"{{banned}}, {{allowed}}/24"}""");
        Assert.Equal(200, (await host.FetchAsync(banned, Right)).Status);
        await FailAsync(allowed, 10);
        Assert.Equal(200, (await host.FetchAsync(allowed, Right)).Status);
    }

    [Fact]
    public async Task Ban_WhenItIsSwitchedOffAndOn_IsLifted()
    {
        await host.SwitchOnAsync();
        var source = host.NewSource();
        await FailAsync(source, 3);
        await host.SetAsync("""{"rack_attack_git_basic_auth_enabled":false}""");
        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
        await host.SwitchOnAsync();
        Assert.Equal(200, (await host.FetchAsync(source, Right)).Status);
    }

    [Theory]
    [InlineData("{0}, 127.0.0.1", "{0}")] // Through two trusted proxies.
    [InlineData("9.9.9.9, {0}", "{0}")] // The client's own words stand before what the proxy has added.
    [InlineData("nonsense, {0}", "{0}")]
    [InlineData("::ffff:{0}", "{0}")]
    [InlineData("{0}:4711", "{0}")]
    public async Task Source_BehindATrustedProxy_IsTheLastThatIsNotAProxy(string reported, string source)
    {
        await host.SwitchOnAsync();
        var client = host.NewSource();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(401, (await host.FetchAsync(string.Format(null, reported, client), "wrong")).Status);
        }

        Assert.Equal(403, (await host.FetchAsync(string.Format(null, source, client), Right)).Status);
        Assert.Equal(200, (await host.FetchAsync("9.9.9.9", Right)).Status);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("9.9.9.1, unknown")]
    [InlineData("9.9.9.1, _hidden, 127.0.0.1")]
    public async Task Source_ThatAProxyReportsUnreadably_NeitherCountsNorMakesTheProxyOne(string reported)
    {
        await host.SwitchOnAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(401, (await host.FetchAsync(reported, "wrong")).Status);
        }

        Assert.Equal(200, (await host.FetchAsync(reported, Right)).Status);
        Assert.Equal(200, (await host.FetchAsync(AbuseHost.Proxy, Right)).Status);
        Assert.Equal(200, (await host.FetchAsync("9.9.9.1", Right)).Status);
    }

    [Fact]
    public async Task Source_OfAPeerThatIsNoTrustedProxy_IsThePeerWhateverItReports()
    {
        await host.SwitchOnAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(401, await StatusAsync("127.0.0.5", $"10.9.9.{i}", "wrong"));
        }

        Assert.Equal(403, await StatusAsync("127.0.0.5", "10.9.9.99", Right));
        Assert.Equal(200, await StatusAsync("127.0.0.6", "10.9.9.99", Right));
        Assert.Equal(200, (await host.FetchAsync("10.9.9.0", Right)).Status);

        async Task<int> StatusAsync(string from, string reported, string secret) => (await host.AskAsync(
            from, "/jwt/auth?service=container_registry", $"X-Forwarded-For: {reported}", host.Basic(secret))).Status;
    }

    private async Task FailAsync(string source, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(401, (await host.FetchAsync(source, "wrong")).Status);
        }
    }
}
