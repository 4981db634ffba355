using System.Buffers.Text;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>What a proxy in front of a registry is told about JWTs: each use is judged by what is true then.</summary>
public sealed class RegistryTokenUseTests : IAsyncLifetime
{
    private const DeployTokenScopes Both = DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry;

    private RegistryGrid _grid = null!;
    private GroupId _acme;
    private ProjectId _api;

    public async ValueTask InitializeAsync()
    {
        _grid = await RegistryGrid.StartAsync();
        _acme = await _grid.CreateGroupAsync("acme");
        _api = await _grid.CreateProjectAsync(_acme, "api");
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Use_OfWhatTheJwtGrants_IsAllowedAndNothingElse()
    {
        var token = await _grid.IssueTokenAsync(_acme.AsNamespace, Both);
        var jwt = await JwtAsync(token, "acme/api/x:pull", "acme/api:pull,push");

        var decision = await _grid.UseAsync(jwt, "acme/api:push");

        Assert.Equal((true, token.Token.Id, _api), (decision.Allowed, decision.Principal!.Token, decision.Resource!.Id));
        Assert.True((await _grid.UseAsync(jwt)).Allowed);
        Assert.True((await _grid.UseAsync(jwt, "acme/api/x:pull")).Allowed);
        Assert.True((await _grid.UseAsync(jwt, "acme/api:push", "acme/api/x:pull")).Allowed);
        string[][] others =
        [
            ["acme/api/x:push"], ["acme/api:delete"], ["acme/api:*"], ["acme/api/y:pull"], ["acme/ap:pull"], ["acme/api/x/y:pull"],
            ["ACME/api:pull"], ["acme/api:push", "acme/api/y:pull"], ["acme/api:pull,delete"],
        ];
        foreach (var scopes in others)
        {
            Assert.Equal(DenyReason.ScopeMissing, (await _grid.UseAsync(jwt, scopes)).Reason);
        }
    }

    [Fact]
    public async Task Use_AfterTheTokenDied_IsRefusedAtOnceThoughTheJwtLives()
    {
        var revoked = await _grid.IssueTokenAsync(_api.AsNamespace, Both);
        var expiring = await _grid.IssueTokenAsync(_api.AsNamespace, Both, expiresAt: _grid.Time.GetUtcNow().AddSeconds(10));
        var (first, second) = (await JwtAsync(revoked, "acme/api:pull"), await JwtAsync(expiring, "acme/api:pull"));
        Assert.True((await _grid.UseAsync(first, "acme/api:pull")).Allowed);
        Assert.True((await _grid.UseAsync(second, "acme/api:pull")).Allowed);

        await _grid.RevokeAsync(revoked);
        Assert.Equal(DenyReason.TokenRevoked, (await _grid.UseAsync(first, "acme/api:pull")).Reason);
        Assert.Equal(DenyReason.TokenRevoked, (await _grid.UseAsync(first)).Reason);
        _grid.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(DenyReason.TokenExpired, (await _grid.UseAsync(second, "acme/api:pull")).Reason);
    }

    [Fact]
    public async Task Use_AfterAllTokensOfTheGroupWereRevoked_IsRefusedAtOnceThoughTheJwtLives()
    {
        var token = await _grid.IssueTokenAsync(_api.AsNamespace, Both);
        var jwt = await JwtAsync(token, "acme/api:pull");
        Assert.True((await _grid.UseAsync(jwt, "acme/api:pull")).Allowed);
        await _grid.Grains.GetGrain<IGroupGrain>(_acme.Value).RevokeTokensAsync(RegistryGrid.Operator, "");
        Assert.Equal(DenyReason.TokenRevoked, (await _grid.UseAsync(jwt, "acme/api:pull")).Reason);
        Assert.Null((await _grid.IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret))).Token);
        Assert.True((await _grid.UseAsync(await JwtAsync(await _grid.IssueTokenAsync(_api.AsNamespace, Both), "acme/api:pull"), "acme/api:pull")).Allowed);
    }

    [Fact]
    public async Task Use_AfterTheProjectChanged_GoesByWhatIsTrueNow()
    {
        var token = await _grid.IssueTokenAsync(_acme.AsNamespace, Both);
        var jwt = await JwtAsync(token, "acme/api:pull,push");
        var project = _grid.Grains.GetGrain<IProjectGrain>(_api.Value);

        await project.ChangeAsync(new ChangeNamespace(null, null, null, null, true, RegistryGrid.Operator));
        Assert.Equal(DenyReason.ResourceArchived, (await _grid.UseAsync(jwt, "acme/api:push")).Reason);
        Assert.True((await _grid.UseAsync(jwt, "acme/api:pull")).Allowed);

        var rival = await _grid.CreateGroupAsync("rival");
        await _grid.Grains.GetGrain<INamespaceDirectoryGrain>(0).TransferAsync(_api.AsNamespace, rival, RegistryGrid.Operator);
        Assert.Equal(DenyReason.ResourceNotFound, (await _grid.UseAsync(jwt, "acme/api:pull")).Reason);
    }

    [Fact]
    public async Task Use_ByNobody_IsAllowedWhileTheProjectIsPublic()
    {
        var open = await _grid.CreateGroupAsync("open", Visibility.Public);
        var lib = await _grid.CreateProjectAsync(open, "lib", Visibility.Public);
        var jwt = (await _grid.IssueAsync(null, new RepositoryScope("open/lib", ["pull"]))).Token;

        Assert.Equal((true, null), ((await _grid.UseAsync(jwt, "open/lib:pull")).Allowed, (await _grid.UseAsync(jwt, "open/lib:pull")).Principal));
        Assert.True((await _grid.UseAsync(jwt)).Allowed);
        Assert.Equal(DenyReason.ScopeMissing, (await _grid.UseAsync(jwt, "acme/api:pull")).Reason);

        await _grid.Grains.GetGrain<IProjectGrain>(lib.Value)
            .ChangeAsync(new ChangeNamespace(null, null, null, Visibility.Private, null, RegistryGrid.Operator));
        Assert.Equal(DenyReason.CredentialRequired, (await _grid.UseAsync(jwt, "open/lib:pull")).Reason);
    }

    [Fact]
    public async Task Use_WhenTheJwtsTimeIsOver_IsRefused()
    {
        var jwt = await JwtAsync(await _grid.IssueTokenAsync(_api.AsNamespace, Both), "acme/api:pull");

        _grid.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.True((await _grid.UseAsync(jwt, "acme/api:pull")).Allowed);
        _grid.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DenyReason.TokenExpired, (await _grid.UseAsync(jwt, "acme/api:pull")).Reason);
    }

    [Fact]
    public async Task Use_OfWhatThisAuthorityDidNotSignForTheRegistry_IsRefused()
    {
        var token = await _grid.IssueTokenAsync(_api.AsNamespace, Both);
        var answer = await _grid.IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret), new RepositoryScope("acme/api", ["pull"]));
        var parts = answer.Token!.Split('.');
        var nested = (await _grid.ReadAsync(answer)).Claims.GetProperty("user").GetString()!;
        var key = (await _grid.SigningKeys.GetPublishedAsync())[0];
        var claims = Text(parts[1]);

        string[] forged =
        [
            nested,
            parts[0] + "." + Encode(claims.Replace("\"pull\"", "\"push\"", StringComparison.Ordinal)) + "." + parts[2],
            Encode(Text(parts[0]).Replace("ES256", "none", StringComparison.Ordinal)) + "." + parts[1] + ".",
            Encode(Text(parts[0]).Replace("ES256", "RS256", StringComparison.Ordinal)) + "." + parts[1] + "." + parts[2],
            Encode(Text(parts[0]).Replace(key.KeyId, "ABCD", StringComparison.Ordinal)) + "." + parts[1] + "." + parts[2],
            RegistryJwt.Sign(
                new SigningCredentials(new SymmetricSecurityKey([.. key.Certificate]) { KeyId = key.KeyId }, SecurityAlgorithms.HmacSha256),
                "gitlab-issuer", "container_registry", _grid.Time.GetUtcNow(), TimeSpan.FromMinutes(5), new Dictionary<string, object>()),
        ];
        foreach (var other in forged)
        {
            Assert.Equal(DenyReason.CredentialForged, (await _grid.UseAsync(other)).Reason);
        }

        foreach (var none in new[] { "", "x", "a.b.c", token.Secret.Reveal(), "eyJhbGciOiJub25lIn0.e30." })
        {
            Assert.Equal(DenyReason.CredentialMalformed, (await _grid.UseAsync(none)).Reason);
        }
    }

    [Fact]
    public async Task Use_AtAnAuthorityWithAnotherIssuerOrService_IsRefused()
    {
        var jwt = await JwtAsync(await _grid.IssueTokenAsync(_api.AsNamespace, Both), "acme/api:pull");
        foreach (var options in new[] { new RegistryTokenOptions { Issuer = "other" }, new RegistryTokenOptions { Service = "other" } })
        {
            await using var other = await RegistryGrid.StartAsync(_grid.Kept, options: options, time: _grid.Time);

            Assert.Equal(DenyReason.CredentialForged, (await other.UseAsync(jwt, "acme/api:pull")).Reason);
        }
    }

    [Fact]
    public async Task Use_AfterKeysWereRotated_IsAllowedUntilTheKeyIsTakenAway()
    {
        var token = await _grid.IssueTokenAsync(_api.AsNamespace, Both);
        var before = await _grid.IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret), new RepositoryScope("acme/api", ["pull"]));
        await _grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator);
        _grid.Time.Advance(SigningKeyRing.MaxAge);
        var after = await _grid.IssueAsync(Credential.WithUsername(token.Token.Username, token.Secret), new RepositoryScope("acme/api", ["pull"]));
        Assert.NotEqual(RegistryGrid.KeyIdOf(before), RegistryGrid.KeyIdOf(after));
        Assert.True((await _grid.UseAsync(before.Token, "acme/api:pull")).Allowed);
        Assert.True((await _grid.UseAsync(after.Token, "acme/api:pull")).Allowed);

        await _grid.SigningKeys.RemoveAsync(RegistryGrid.KeyIdOf(before), RegistryGrid.Operator);
        _grid.Time.Advance(SigningKeyRing.MaxAge);
        Assert.Equal(DenyReason.CredentialForged, (await _grid.UseAsync(before.Token, "acme/api:pull")).Reason);
        Assert.True((await _grid.UseAsync(after.Token, "acme/api:pull")).Allowed);
    }

    [Fact]
    public async Task Use_OfAKeyThatIsNotKnownYet_ReadsTheKeysAtMostOnceASecond()
    {
        var token = await _grid.IssueTokenAsync(_api.AsNamespace, Both);
        var jwt = await JwtAsync(token, "acme/api:pull");
        var unknown = jwt.Split('.') is [_, var claims, var signature]
            ? Encode("""{"alg":"ES256","kid":"ABCD","typ":"JWT"}""") + "." + claims + "." + signature
            : "";
        var readings = _grid.Calls.Readings;

        _grid.Time.Advance(SigningKeyRing.LookAgainAfter);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(DenyReason.CredentialForged, (await _grid.UseAsync(unknown)).Reason);
        }

        Assert.Equal(readings + 1, _grid.Calls.Readings);
    }

    [Fact]
    public async Task IssueAndUse_WhenTheRegistryIsSwitchedOff_AreRefusedAsThat()
    {
        var token = await _grid.IssueTokenAsync(_api.AsNamespace, Both | DeployTokenScopes.ReadRepository);
        var registryOnly = await _grid.IssueTokenAsync(_api.AsNamespace, Both);
        var jwt = await JwtAsync(token, "acme/api:pull");
        await using var off = await RegistryGrid.StartAsync(_grid.Kept, time: _grid.Time, off: SwitchedOff.ContainerRegistry);

        Assert.Equal(DenyReason.FeatureDisabled, (await off.IssueAsync(null)).SignIn.Reason);
        Assert.Equal(DenyReason.FeatureDisabled, (await off.IssueAsync(Shown(token))).SignIn.Reason);
        Assert.Equal(DenyReason.ScopesOfNoUseHere, (await off.IssueAsync(Shown(registryOnly))).SignIn.Reason);
        Assert.Equal(DenyReason.FeatureDisabled, (await off.UseAsync(jwt, "acme/api:pull")).Reason);
    }

    [Fact]
    public async Task Use_WithTooManyScopes_NamesThem()
    {
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(
            () => _grid.UseAsync("x", [.. Enumerable.Repeat("acme/api:pull", Limits.MaxRegistryScopes + 1)]));

        Assert.Equal((ErrorCode.InvalidArgument, "scope"), (fault.Code, fault.Field));
    }

    private async Task<string> JwtAsync(IssuedDeployToken token, params string[] scopes)
    {
        var answer = await _grid.IssueAsync(
            Shown(token), [.. scopes.Select(static s => new RepositoryScope(s.Split(':')[0], [.. s.Split(':')[1].Split(',')]))]);
        return answer.Token!;
    }

    private static Credential Shown(IssuedDeployToken token) => Credential.WithUsername(token.Token.Username, token.Secret);

    private static string Text(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
