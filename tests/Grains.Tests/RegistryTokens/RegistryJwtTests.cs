using System.Collections.Immutable;
using System.Text.Json;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class RegistryJwtTests
{
    private const long IssuedAt = 1_772_366_400;

    private static readonly MasterKeyRing Ring = MasterKeyRing.Of(new MasterKey([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
    private static readonly RegistryTokenOptions Options = new() { Issuer = "an-issuer", Service = "a-service", Lifetime = TimeSpan.FromSeconds(77) };

    private static readonly Principal Somebody = new(
        new TokenId(4711), new NamespaceId(NamespaceKind.Group, 3), "gitlab+deploy-token-4711", DeployTokenScopes.ReadRegistry);

    private static readonly ImmutableArray<GrantedAccess> Access =
    [
        new("acme/api/worker", [RegistryAction.PushImage, RegistryAction.PullImage], new LocatedProject(new ProjectId(12), new GroupId(3), "Acme/API")),
        new("acme/lib", [RegistryAction.PullImage], new LocatedProject(new ProjectId(5_000_000_000), new GroupId(3), "acme/lib")),
    ];

    public static TheoryData<SigningAlgorithm> Algorithms => [SigningAlgorithm.Es256, SigningAlgorithm.Rs256];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Write_WithEitherAlgorithm_HasExactlyThisHeader(SigningAlgorithm algorithm)
    {
        var (jwt, key) = Write(algorithm, Somebody, Access);

        Assert.Equal($$"""{"alg":"{{SigningKeys.NameOf(algorithm)}}","kid":"{{key.KeyId}}","typ":"JWT"}""", jwt.Header);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Write_ForAToken_HasExactlyTheseClaims(SigningAlgorithm algorithm)
    {
        var (jwt, _) = Write(algorithm, Somebody, Access);

        AssertClaims(jwt.Claims, new()
        {
            ["iss"] = "\"an-issuer\"",
            ["aud"] = "\"a-service\"",
            ["iat"] = "1772366400",
            ["nbf"] = "1772366395",
            ["exp"] = "1772366477",
            ["auth_type"] = "\"deploy_token\"",
            ["access"] =
                """[{"type":"repository","name":"acme/api/worker","actions":["push","pull"],"meta":{"project_path":"acme/api","project_id":12,"root_namespace_id":3}},"""
                + """{"type":"repository","name":"acme/lib","actions":["pull"],"meta":{"project_path":"acme/lib","project_id":5000000000,"root_namespace_id":3}}]""",
            ["jti"] = null,
            ["user"] = null,
        });
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Write_ForAToken_NestsAJwtThatSaysWhoItIsAndOpensNothing(SigningAlgorithm algorithm)
    {
        var (jwt, key) = Write(algorithm, Somebody, Access);

        var nested = JwtReader.Read(jwt.Claims.GetProperty("user").GetString()!, key.Certificate);

        Assert.Equal(jwt.Header, nested.Header);
        AssertClaims(nested.Claims, new()
        {
            ["user_info"] = """{"token_type":"deploy_token","username":"gitlab+deploy-token-4711","deploy_token_id":4711}""",
            ["iat"] = "1772366400",
            ["nbf"] = "1772366395",
            ["exp"] = "1772366477",
            ["jti"] = null,
        });
    }

    [Fact]
    public void Write_ForNobody_SaysNothingOfAUser()
    {
        var (jwt, _) = Write(SigningAlgorithm.Es256, null, Access);

        Assert.Equal("none", jwt.Claims.GetProperty("auth_type").GetString());
        Assert.False(jwt.Claims.TryGetProperty("user", out _));
        Assert.False(jwt.Claims.TryGetProperty("sub", out _));
    }

    [Fact]
    public void Write_WhenNothingIsGranted_HasAnEmptyAccessList()
    {
        var (jwt, _) = Write(SigningAlgorithm.Es256, Somebody, []);

        Assert.Equal("[]", jwt.Claims.GetProperty("access").GetRawText());
    }

    [Fact]
    public void Write_Twice_GivesDifferentIds()
    {
        var ids = Enumerable.Range(0, 20).Select(_ => Write(SigningAlgorithm.Es256, Somebody, []).Jwt.Claims).SelectMany(claims =>
            new[] { claims.GetProperty("jti").GetString()!, JwtIdOfNested(claims) }).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, static id => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id));
    }

    private static string JwtIdOfNested(JsonElement claims)
    {
        var payload = claims.GetProperty("user").GetString()!.Split('.')[1];
        return JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(payload)).RootElement.GetProperty("jti").GetString()!;
    }

    private static (JwtReader Jwt, StoredSigningKey Key) Write(
        SigningAlgorithm algorithm, Principal? principal, ImmutableArray<GrantedAccess> access)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(IssuedAt);
        var key = SigningKeys.Create(algorithm, Options.Lifetime, Ring, now, now, default);
        var credentials = SigningKeys.Open(new SealedSigningKey(key.KeyId, key.Algorithm, key.SealedPrivateKey, key.SignsFrom), Ring);
        return (JwtReader.Read(RegistryJwt.Write(credentials, Options, principal, access, now, Options.Lifetime), key.Certificate), key);
    }

    /// <summary>Exactly these claims, each in exactly this form; null: any string.</summary>
    private static void AssertClaims(JsonElement claims, Dictionary<string, string?> expected)
    {
        Assert.Equal(expected.Keys.Order(), claims.EnumerateObject().Select(static c => c.Name).Order());
        foreach (var claim in claims.EnumerateObject())
        {
            Assert.Equal(expected[claim.Name] ?? JsonSerializer.Serialize(claim.Value.GetString()), claim.Value.GetRawText());
        }
    }
}
