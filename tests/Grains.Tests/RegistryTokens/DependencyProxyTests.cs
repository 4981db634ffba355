using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>JWTs of the dependency proxy: who gets one, what it is good for, and that nothing else passes for one.</summary>
public sealed class DependencyProxyTests : IAsyncLifetime
{
    private const DeployTokenScopes Both = DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry;
    private const DeployTokenScopes Virtual = DeployTokenScopes.ReadVirtualRegistry | DeployTokenScopes.WriteVirtualRegistry;

    private readonly RegistryTokenOptions _options = new();
    private RegistryGrid _grid = null!;
    private GroupId _acme;
    private GroupId _platform;

    public async ValueTask InitializeAsync()
    {
        _grid = await RegistryGrid.StartAsync(options: _options);
        _acme = await _grid.CreateGroupAsync("acme");
        _platform = await _grid.CreateGroupAsync("platform", parent: _acme);
        await _grid.CreateProjectAsync(_platform, "api");
        await _grid.CreateGroupAsync("rival");
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Issue_ForAGroupsToken_NamesItAndHasNoPartOfItsSecret()
    {
        var issued = await _grid.IssueTokenAsync(_acme.AsNamespace, Both);

        var answer = await IssueAsync(issued);

        var (header, claims) = (Part(answer.Token!, 0), Part(answer.Token!, 1));
        Assert.Equal("HS256", header.GetProperty("alg").GetString());
        Assert.Equal("dependency_proxy", claims.GetProperty("aud").GetString());
        Assert.Equal(issued.Token.Id.Value, claims.GetProperty("deploy_token_id").GetInt64());
        Assert.Equal(answer.IssuedAt.ToUnixTimeSeconds() + 300, claims.GetProperty("exp").GetInt64());
        foreach (var text in new[] { claims.GetRawText(), header.GetRawText(), answer.Token! })
        {
            Assert.DoesNotContain(issued.Secret.Reveal()[5..], text, StringComparison.Ordinal);
            Assert.DoesNotContain(issued.Secret.Reveal()[^12..], text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Issue_ForWhoeverMayNotUseAnyProxy_Refuses()
    {
        var project = await _grid.CreateProjectAsync(_acme, "app");
        var revoked = await _grid.IssueTokenAsync(_acme.AsNamespace, Both);
        await _grid.RevokeAsync(revoked);
        var good = await _grid.IssueTokenAsync(_acme.AsNamespace, Both);

        Assert.Equal(DenyReason.CredentialWrongKind, await RefusalAsync(await _grid.IssueTokenAsync(project.AsNamespace, Both)));
        Assert.Equal(
            DenyReason.ScopeMissing,
            await RefusalAsync(await _grid.IssueTokenAsync(
                _acme.AsNamespace, DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteVirtualRegistry)));
        Assert.Equal(
            DenyReason.ScopesOfNoUseHere,
            await RefusalAsync(await _grid.IssueTokenAsync(_acme.AsNamespace, DeployTokenScopes.WritePackageRegistry)));
        Assert.Equal(DenyReason.TokenRevoked, await RefusalAsync(revoked));
        Assert.Equal(DenyReason.UsernameMismatch, (await IssueAsync(Credential.WithUsername("x", good.Secret))).SignIn.Reason);
        Assert.Equal(DenyReason.CredentialRequired, (await IssueAsync((Credential?)null)).SignIn.Reason);
    }

    [Theory]
    [InlineData(Both)]
    [InlineData(Virtual)]
    public async Task Use_OfAGroupsJwt_ReachesTheGroupAndThoseBelowIt(DeployTokenScopes scopes)
    {
        var ofAcme = (await IssueAsync(await _grid.IssueTokenAsync(_acme.AsNamespace, scopes))).Token;
        var ofPlatform = (await IssueAsync(await _grid.IssueTokenAsync(_platform.AsNamespace, scopes))).Token;

        Assert.True((await UseAsync(ofAcme, "acme")).Allowed);
        Assert.True((await UseAsync(ofAcme, "acme/platform")).Allowed);
        Assert.True((await UseAsync(ofPlatform, "Acme/Platform")).Allowed);
        Assert.True((await UseAsync(ofPlatform, null)).Allowed);
        Assert.Equal(DenyReason.ResourceOutsideHolder, (await UseAsync(ofPlatform, "acme")).Reason);
        Assert.Equal(DenyReason.ResourceOutsideHolder, (await UseAsync(ofAcme, "rival")).Reason);
        Assert.Equal(DenyReason.ResourceNotFound, (await UseAsync(ofAcme, "acme/none")).Reason);
        Assert.Equal(DenyReason.ResourceNotFound, (await UseAsync(ofAcme, "acme/platform/api")).Reason);
    }

    [Fact]
    public async Task Use_AfterTheTokenDied_IsRefusedAtOnceThoughTheJwtLives()
    {
        var (revoked, destroyed, held) = (await TokenAsync(), await TokenAsync(), await _grid.CreateGroupAsync("held"));
        var orphan = await _grid.IssueTokenAsync(held.AsNamespace, Both);
        var expiring = await _grid.IssueTokenAsync(_acme.AsNamespace, Both, expiresAt: _grid.Time.GetUtcNow().AddSeconds(10));
        var jwts = new List<(string Jwt, string Group, DenyReason Reason)>();
        foreach (var (token, group, reason) in new[]
        {
            (revoked, "acme", DenyReason.TokenRevoked), (destroyed, "acme", DenyReason.TokenUnknown), (orphan, "held", DenyReason.HolderGone),
            (expiring, "acme", DenyReason.TokenExpired),
        })
        {
            jwts.Add(((await IssueAsync(token)).Token!, group, reason));
            Assert.True((await UseAsync(jwts[^1].Jwt, group)).Allowed);
        }

        await _grid.RevokeAsync(revoked);
        await _grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(destroyed.Token.Id.Value).DestroyAsync(RegistryGrid.Operator);
        await _grid.Grains.GetGrain<IGroupGrain>(held.Value).DeleteAsync(RegistryGrid.Operator);
        _grid.Time.Advance(TimeSpan.FromSeconds(10));

        foreach (var (jwt, group, reason) in jwts)
        {
            // What a deleted group held is destroyed in the background.
            Assert.Contains((await UseAsync(jwt, null)).Reason, new[] { reason, reason == DenyReason.HolderGone ? DenyReason.TokenUnknown : reason });
            Assert.False((await UseAsync(jwt, group)).Allowed);
        }
    }

    [Fact]
    public async Task Use_WhenTheJwtsTimeIsOver_IsRefused()
    {
        var jwt = (await IssueAsync(await TokenAsync())).Token;

        _grid.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.True((await UseAsync(jwt, "acme")).Allowed);
        _grid.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DenyReason.TokenExpired, (await UseAsync(jwt, "acme")).Reason);
    }

    [Fact]
    public async Task Use_OfAJwtThatIsOlderThanTheToken_IsRefused()
    {
        // As after a restore: the token of that id was another one when the JWT was made.
        var token = await TokenAsync();
        var jwts = new DependencyProxyJwt(RegistryGrid.Ring(0), _options);

        Assert.True((await UseAsync(jwts.Write(token.Token.Id, _grid.Time.GetUtcNow(), _options.Lifetime), "acme")).Allowed);
        Assert.Equal(
            DenyReason.SecretMismatch, (await UseAsync(jwts.Write(token.Token.Id, _grid.Time.GetUtcNow().AddMinutes(-1), _options.Lifetime), "acme")).Reason);
    }

    [Fact]
    public async Task Use_OfWhatThisAuthorityDidNotMakeForIt_IsRefused()
    {
        var token = await TokenAsync();
        var registry = await _grid.IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret), new RepositoryScope("acme/platform/api", ["pull"]));
        var jwt = (await IssueAsync(token)).Token!;
        var parts = jwt.Split('.');
        var certificate = (await _grid.SigningKeys.GetPublishedAsync())[0];
        var now = _grid.Time.GetUtcNow();

        Assert.True((await UseAsync(jwt, "acme")).Allowed);
        string[] forged =
        [
            registry.Token!,
            parts[0] + "." + Encode(Part(jwt, 1).GetRawText().Replace("\"sub\"", "\"sup\"", StringComparison.Ordinal)) + "." + parts[2],
            Encode(Part(jwt, 0).GetRawText().Replace("HS256", "none", StringComparison.Ordinal)) + "." + parts[1] + ".",
            parts[0] + "." + parts[1] + "." + Base64Url.EncodeToString(new byte[32]),
            new DependencyProxyJwt(RegistryGrid.Ring(1), _options).Write(token.Token.Id, now, _options.Lifetime),
            new DependencyProxyJwt(RegistryGrid.Ring(0), new RegistryTokenOptions { Issuer = "other" }).Write(token.Token.Id, now, _options.Lifetime),
            Signed([.. certificate.Certificate], certificate.KeyId, token.Token.Id),
            Signed(Encoding.ASCII.GetBytes(token.Secret.Reveal()), RegistryGrid.Ring(0).Newest.Id.ToString(), token.Token.Id),
        ];
        foreach (var other in forged)
        {
            Assert.Equal(DenyReason.CredentialForged, (await UseAsync(other, "acme")).Reason);
        }

        foreach (var none in new[] { "", "a.b.c", "..", token.Secret.Reveal(), jwt + ".x", new string('a', Limits.MaxJwtLength + 1) })
        {
            Assert.Equal(DenyReason.CredentialMalformed, (await UseAsync(none, "acme")).Reason);
        }
    }

    [Fact]
    public async Task Registry_GivenAJwtOfTheDependencyProxy_RefusesIt()
    {
        var jwt = (await IssueAsync(await TokenAsync())).Token;

        Assert.Equal(DenyReason.CredentialForged, (await _grid.UseAsync(jwt)).Reason);
        Assert.Equal(DenyReason.CredentialForged, (await _grid.UseAsync(jwt, "acme/platform/api:pull")).Reason);
    }

    [Fact]
    public async Task Use_AfterTheMasterKeyWasRotated_IsAllowedUntilTheOldKeyIsGone()
    {
        var jwt = (await IssueAsync(await TokenAsync())).Token;

        await using var rotated = await RegistryGrid.StartAsync(_grid.Kept, RegistryGrid.Ring(1, 0), time: _grid.Time);
        Assert.True((await UseAsync(jwt, "acme", rotated)).Allowed);
        await using var without = await RegistryGrid.StartAsync(_grid.Kept, RegistryGrid.Ring(1), time: _grid.Time);
        Assert.Equal(DenyReason.CredentialForged, (await UseAsync(jwt, "acme", without)).Reason);
    }

    [Fact]
    public async Task IssueAndUse_WhenSwitchedOff_AreRefusedAsThat()
    {
        var token = await TokenAsync();
        var jwt = (await IssueAsync(token)).Token;
        await using var off = await RegistryGrid.StartAsync(_grid.Kept, time: _grid.Time, off: SwitchedOff.DependencyProxy);
        var proxy = off.Grains.GetGrain<IDependencyProxyGrain>(0);

        Assert.Equal(DenyReason.FeatureDisabled, (await proxy.IssueAsync(null)).SignIn.Reason);
        Assert.Equal(DenyReason.FeatureDisabled, (await proxy.IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret))).SignIn.Reason);
        Assert.Equal(DenyReason.UsernameMismatch, (await proxy.IssueAsync(Credential.WithUsername("x", token.Secret))).SignIn.Reason);
        Assert.Equal(DenyReason.FeatureDisabled, (await UseAsync(jwt, "acme", off)).Reason);
    }

    private Task<IssuedDeployToken> TokenAsync() => _grid.IssueTokenAsync(_acme.AsNamespace, Both);

    private Task<RegistryTokenAnswer> IssueAsync(IssuedDeployToken token) =>
        IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret));

    private Task<RegistryTokenAnswer> IssueAsync(Credential? credential) => _grid.Grains.GetGrain<IDependencyProxyGrain>(0).IssueAsync(credential);

    private async Task<DenyReason> RefusalAsync(IssuedDeployToken token)
    {
        var answer = await IssueAsync(token);
        Assert.Equal((false, null), (answer.SignIn.Allowed, answer.Token));
        return answer.SignIn.Reason;
    }

    private Task<Decision> UseAsync(string? jwt, string? group, RegistryGrid? grid = null)
    {
        NamespacePath? path = NamespacePath.TryParse(group, out var parsed) ? parsed : null;
        return (grid ?? _grid).Grains.GetGrain<IDependencyProxyGrain>(0).ValidateAsync(new DependencyProxyUse(jwt ?? "", path));
    }

    /// <summary>A JWT with the right claims under a key that somebody else may know.</summary>
    private string Signed(byte[] key, string keyId, TokenId token) => RegistryJwt.Sign(
        new SigningCredentials(new SymmetricSecurityKey(key) { KeyId = keyId }, SecurityAlgorithms.HmacSha256),
        _options.Issuer,
        RegistryTokenOptions.DependencyProxyService,
        _grid.Time.GetUtcNow(),
        _options.Lifetime,
        new Dictionary<string, object> { ["deploy_token_id"] = token.Value });

    private static JsonElement Part(string jwt, int at) => JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[at])).RootElement;

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
