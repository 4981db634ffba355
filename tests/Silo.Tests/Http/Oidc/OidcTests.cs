using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Silo.Http.Oidc;
using OrleansTokens.Silo.Tests.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.Oidc;

/// <summary>Operators who come with a JWT of an identity provider.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private const string Unauthorized = """{"message":"401 Unauthorized"}""";

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private LoopbackIssuer _issuer = null!;
    private ApiHost _host = null!;
    private ApiUser _ann = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await LoopbackIssuer.StartAsync();
        var settings = new OidcSettings { Issuer = _issuer.Address, Audience = "orleans-tokens" };
        _host = new ApiHost(new Dictionary<string, string?>(), services => services.AddOidc(settings, _clock));
        await _host.InitializeAsync();
        _ann = await _host.NewUserAsync("ann");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Jwt_OfAnOperator_LetsItInAsWhatItIsHere()
    {
        var me = await AskAsync(_issuer.Sign("ann"));
        Assert.Equal((200, _ann.Id, false), (me.Status, me.Json["id"]!.GetValue<long>(), (bool)me.Json["is_admin"]!));
        Assert.Equal(403, (await AskAsync(_issuer.Sign("ann"), "/deploy_tokens")).Status);
        Assert.True((bool)(await AskAsync(_issuer.Sign("root"))).Json["is_admin"]!);
        Assert.Equal(1, _issuer.Served);

        await _host.PostAsync($"/users/{_ann.Id}/block");
        Assert.Equal(403, (await AskAsync(_issuer.Sign("ann"))).Status);
    }

    [Fact]
    public async Task Keys_WhenWhoeverAskedFirstGivesUp_AreReadForTheOthersAllTheSame()
    {
        var reading = _issuer.HoldUp();
        using (var impatient = new CancellationTokenSource())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v4/user");
            request.Headers.Add("Authorization", "Bearer " + _issuer.Sign("nobody"));
            var stranger = _host.Client.SendAsync(request, impatient.Token);
            await reading.Reached;
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stranger);
        }

        var asked = AskAsync(_issuer.Sign("ann"));
        reading.Release();
        Assert.Equal(200, (await asked).Status);
    }

    [Fact]
    public async Task Jwt_ThatProvesNothing_Is401()
    {
        var symmetric = new SymmetricSecurityKey(_issuer.PublicKey()) { KeyId = _issuer.Key.KeyId };
        _issuer.PublishSymmetric("symmetric", _issuer.PublicKey());
        await using var stranger = await LoopbackIssuer.StartAsync();
        var forged = new SigningCredentials(new RsaSecurityKey(stranger.Key.Rsa) { KeyId = _issuer.Key.KeyId }, SecurityAlgorithms.RsaSha256);
        var good = _issuer.Sign("ann");
        var parts = good.Split('.');
        Assert.Equal(200, (await AskAsync(good)).Status);

        foreach (var (why, jwt) in new[]
        {
            ("unknown operator", _issuer.Sign("nobody")),
            ("almost an operator", _issuer.Sign("ANN")),
            ("expired", _issuer.Sign("ann", lasts: TimeSpan.FromMinutes(-1), from: TimeSpan.FromMinutes(-10))),
            ("not yet", _issuer.Sign("ann", from: TimeSpan.FromMinutes(2))),
            ("another audience", _issuer.Sign("ann", audience: "somebody-else")),
            ("another issuer", _issuer.Sign("ann", issuer: "https://issuer.example")),
            ("no algorithm", _issuer.WithoutSignature("ann")),
            ("public key as a secret", _issuer.Sign("ann", with: new SigningCredentials(symmetric, SecurityAlgorithms.HmacSha256))),
            ("symmetric key that is published", _issuer.Sign("ann", with: new SigningCredentials(
                new SymmetricSecurityKey(_issuer.PublicKey()) { KeyId = "symmetric" }, SecurityAlgorithms.HmacSha256))),
            ("signed by another", _issuer.Sign("ann", with: forged)),
            ("another payload", parts[0] + "." + _issuer.Sign("root").Split('.')[1] + "." + parts[2]),
            ("no signature", parts[0] + "." + parts[1] + "."),
            ("no username", _issuer.Sign("")),
            ("no JSON", "eyJ.eyJ.AAAA"),
            ("too long", good + new string('A', 20_000)),
        })
        {
            var answer = await AskAsync(jwt);
            Assert.True((401, Unauthorized) == (answer.Status, answer.Body), $"{why}: {answer.Status} {answer.Body}");
        }
    }

    [Fact]
    public async Task Jwt_OfAKeyThatIsNew_IsAcceptedOnceTheKeysMayBeReadAgain()
    {
        Assert.Equal(200, (await AskAsync(_issuer.Sign("ann"))).Status);
        _issuer.Rotate();
        Assert.Equal(401, (await AskAsync(_issuer.Sign("ann"))).Status); // Anybody can name any key: not read at every request.
        Assert.Equal(1, _issuer.Served);

        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await AskAsync(_issuer.Sign("ann", lasts: TimeSpan.FromHours(1)))).Status);
        Assert.Equal(2, _issuer.Served);
    }

    [Fact]
    public async Task Jwt_WhenTheIssuerCannotBeAsked_Is503AndOperatorTokensGoOn()
    {
        _issuer.Broken = true;
        Assert.Equal(503, (await AskAsync(_issuer.Sign("ann"))).Status);
        Assert.Equal(200, (await _host.GetAsync("/user", _ann.Token)).Status);

        _issuer.Broken = false;
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await AskAsync(_issuer.Sign("ann", lasts: TimeSpan.FromHours(1)))).Status);
        _issuer.Broken = true;
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(200, (await AskAsync(_issuer.Sign("ann", lasts: TimeSpan.FromHours(9)))).Status); // Its keys are good for a day.
        _clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(503, (await AskAsync(_issuer.Sign("ann", lasts: TimeSpan.FromHours(99)))).Status);
    }

    [Fact]
    public async Task AdministratorClaim_WhereItIsSet_DecidesForTheRequestAndChangesNothing()
    {
        await using var issuer = await LoopbackIssuer.StartAsync();
        var host = new ApiHost(new Dictionary<string, string?>
        {
            ["Grid:Oidc:Issuer"] = issuer.Address,
            ["Grid:Oidc:Audience"] = "orleans-tokens",
            ["Grid:Oidc:AdministratorClaim"] = "groups",
            ["Grid:Oidc:AdministratorValue"] = "admins",
            ["Grid:Oidc:CreateOperators"] = "true",
        });
        await host.InitializeAsync();
        try
        {
            var admins = new Dictionary<string, object> { ["groups"] = new[] { "users", "admins" } };
            var me = await AskAsync(host, issuer.Sign("eve", more: admins));
            Assert.Equal((200, "eve", true), (me.Status, (string?)me.Json["username"], (bool)me.Json["is_admin"]!));
            Assert.False((bool)(await host.GetAsync($"/users/{me.Json["id"]}")).Json["is_admin"]!);
            Assert.False((bool)(await AskAsync(host, issuer.Sign("eve"))).Json["is_admin"]!);
            Assert.False((bool)(await AskAsync(host, issuer.Sign("root"))).Json["is_admin"]!);
            Assert.Equal(401, (await AskAsync(host, issuer.Sign("no username at all"))).Status);
            await host.NewGroupAsync("taken");
            Assert.Equal(401, (await AskAsync(host, issuer.Sign("taken"))).Status);
            var mail = new Dictionary<string, object> { ["email"] = "no address" };
            Assert.Equal(200, (await AskAsync(host, issuer.Sign("mia", more: mail))).Status);
            Assert.DoesNotContain(host.Log, static line => line.Contains("eyJ", StringComparison.Ordinal));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public void Jwt_InEveryKindOfFormatting_IsRedacted()
    {
        Assert.True(OperatorJwt.TryCreate("eyJh.eyJh.c2ln", out var jwt));
        Assert.DoesNotContain("eyJ", new StringBuilder().Append($"{jwt} {(object)jwt}").ToString(), StringComparison.Ordinal);
    }

    private Task<ApiAnswer> AskAsync(string jwt, string target = "/user") => AskAsync(_host, jwt, target);

    private static Task<ApiAnswer> AskAsync(ApiHost host, string jwt, string target = "/user") =>
        host.SendAsync(HttpMethod.Get, target, null, "Bearer " + jwt, "Authorization");
}
