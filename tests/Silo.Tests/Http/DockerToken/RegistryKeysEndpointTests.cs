using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.DeployTokens;
using OrleansTokens.Operators;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Tests.Http.DockerToken;

public sealed class RegistryKeysEndpointTests(GridFixture grid) : IClassFixture<GridFixture>
{
    [Theory]
    [InlineData(RegistryKeysRoutes.KeySetPath, "application/json", KnownKeys.EcId)]
    [InlineData(RegistryKeysRoutes.CertificatesPath, "application/x-pem-file", "-----BEGIN CERTIFICATE-----")]
    public async Task Get_ByAnybody_ShowsTheKeysForAMinute(string path, string type, string content)
    {
        await using var server = await StartAsync(new StubKeys());

        var answer = await RawHttp.SendAsync(server.Address, "GET", path);

        Assert.Equal((200, type, "public, max-age=60"), (answer.Status, answer["Content-Type"], answer["Cache-Control"]));
        Assert.Contains(content, answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RegistryKeysRoutes.KeySetPath, KnownKeys.RsaId)]
    [InlineData(RegistryKeysRoutes.CertificatesPath, "MIIDJTCCAg2gAwIBAgIUXvHWOvbjDJKGqsQy2nGx4efPziMwDQYJKoZIhvcNAQEL")]
    public async Task Get_AfterAKeyWasAdded_ShowsItAtOnce(string path, string content)
    {
        var keys = new StubKeys();
        await using var server = await StartAsync(keys);
        Assert.DoesNotContain(content, (await RawHttp.SendAsync(server.Address, "GET", path)).Body, StringComparison.Ordinal);

        keys.Published = [KnownKeys.Rsa, KnownKeys.Ec];

        Assert.Contains(content, (await RawHttp.SendAsync(server.Address, "GET", path)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RegistryKeysRoutes.KeySetPath)]
    [InlineData(RegistryKeysRoutes.CertificatesPath)]
    public async Task Get_WhenTheKeysAreNotKnown_IsUnavailableAndKeptByNobody(string path)
    {
        await using var server = await StubServer.StartAsync(StubGrains.Of(), static app => app.MapRegistryKeys());

        var answer = await RawHttp.SendAsync(server.Address, "GET", path);

        Assert.Equal((503, "no-store"), (answer.Status, answer["Cache-Control"]));
    }

    [Fact]
    public async Task Get_OfTheKeySet_VerifiesWhatRegistriesAreGiven()
    {
        var jwt = await SignInAsync("key-set");

        var set = new JsonWebKeySet((await RawHttp.SendAsync(grid.Server, "GET", RegistryKeysRoutes.KeySetPath)).Body);

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            ValidIssuer = "gitlab-issuer",
            ValidAudience = "container_registry",
            ValidTypes = ["JWT"],
            ValidAlgorithms = ["ES256"],
            IssuerSigningKeys = set.GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
        });
        Assert.Null(result.Exception);
        Assert.True(result.IsValid);
    }

    [Fact]
    public async Task Get_OfTheCertificates_VerifiesWhatRegistriesAreGiven()
    {
        var jwt = await SignInAsync("certificates");

        var pem = (await RawHttp.SendAsync(grid.Server, "GET", RegistryKeysRoutes.CertificatesPath)).Body;

        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var key = certificate.GetECDsaPublicKey()!;
        var signed = jwt[..jwt.LastIndexOf('.')];
        Assert.True(key.VerifyData(
            Encoding.ASCII.GetBytes(signed),
            Base64Url.DecodeFromChars(jwt.AsSpan(signed.Length + 1)),
            HashAlgorithmName.SHA256));
    }

    private static Task<StubServer> StartAsync(StubKeys keys) =>
        StubServer.StartAsync(StubGrains.Of((typeof(ISigningKeyGrain), keys)), static app => app.MapRegistryKeys());

    /// <summary>Gets a JWT as docker does.</summary>
    private async Task<string> SignInAsync(string groupPath)
    {
        var group = await grid.GroupAsync(groupPath);
        var issued = await grid.TokenAsync(group.AsNamespace, DeployTokenScopes.ReadRegistry, "ci");
        using var client = new HttpClient { BaseAddress = grid.Server };
        using var request = new HttpRequestMessage(HttpMethod.Get, DockerTokenRoutes.Path + "?service=container_registry");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("ci:" + issued.Secret.Reveal())));
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
    }

    private sealed class StubKeys : ISigningKeyGrain
    {
        public ImmutableArray<PublishedKey> Published { get; set; } = [KnownKeys.Ec];

        public Task<ImmutableArray<PublishedKey>> GetPublishedAsync() => Task.FromResult(Published);

        public Task<ImmutableArray<PublishedKey>> RotateAsync(TimeSpan delay, OperatorId by) => throw new NotSupportedException();

        public Task<ImmutableArray<PublishedKey>> RemoveAsync(string keyId, OperatorId by) => throw new NotSupportedException();
    }
}
