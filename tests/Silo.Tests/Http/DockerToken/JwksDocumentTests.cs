using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Tests.Http.DockerToken;

public sealed class JwksDocumentTests
{
    [Fact]
    public void Json_OfKnownKeys_IsExactlyThis()
    {
        const string ec =
            $$"""{"kty":"EC","crv":"P-256","x":"{{KnownKeys.EcX}}","y":"{{KnownKeys.EcY}}","kid":"{{KnownKeys.EcId}}","use":"sig","alg":"ES256","x5c":["{{KnownKeys.EcCertificate}}"]}""";
        const string rsa =
            $$"""{"kty":"RSA","n":"{{KnownKeys.RsaN}}","e":"{{KnownKeys.RsaE}}","kid":"{{KnownKeys.RsaId}}","use":"sig","alg":"RS256","x5c":["{{KnownKeys.RsaCertificate}}"]}""";

        Assert.Equal($$"""{"keys":[{{ec}},{{rsa}}]}""", JsonOf(JwksDocument.Of([KnownKeys.Ec, KnownKeys.Rsa])));
    }

    [Fact]
    public void Json_OfNoKeys_IsAnEmptySet() => Assert.Equal("""{"keys":[]}""", JsonOf(JwksDocument.Of([])));

    [Fact]
    public void Json_OfKnownKeys_IsReadByAJwtLibrary()
    {
        var set = new JsonWebKeySet(JsonOf(JwksDocument.Of([KnownKeys.Ec, KnownKeys.Rsa])));

        Assert.Contains(set.GetSigningKeys(), static k => k is ECDsaSecurityKey && k.KeyId == KnownKeys.EcId);
        Assert.Contains(set.GetSigningKeys(), static k => k is RsaSecurityKey && k.KeyId == KnownKeys.RsaId);
    }

    [Fact]
    public void Pem_OfKnownKeys_IsTheirCertificatesInOrder()
    {
        var certificates = new X509Certificate2Collection();

        certificates.ImportFromPem(Encoding.ASCII.GetString(JwksDocument.Of([KnownKeys.Ec, KnownKeys.Rsa]).Pem.Span));

        Assert.Equal(
            [KnownKeys.EcCertificate, KnownKeys.RsaCertificate], certificates.Select(static c => Convert.ToBase64String(c.RawData)));
    }

    [Fact]
    public void IsOf_OtherKeysOrAnotherOrder_IsFalse()
    {
        var document = JwksDocument.Of([KnownKeys.Ec, KnownKeys.Rsa]);

        Assert.True(document.IsOf([KnownKeys.Ec, KnownKeys.Rsa]));
        Assert.False(document.IsOf([KnownKeys.Rsa, KnownKeys.Ec]));
        Assert.False(document.IsOf([KnownKeys.Ec]));
    }

    [Fact]
    public void Of_ACertificateOfAnotherKind_IsRefused()
    {
        using var dsa = DSA.Create(2048);
        var request = new CertificateRequest(
            new X500DistinguishedName("CN=x"), new PublicKey(dsa), HashAlgorithmName.SHA256);
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = request.Create(
            new X500DistinguishedName("CN=x"), X509SignatureGenerator.CreateForECDsa(signer), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1), [1]);

        Assert.Throws<CryptographicException>(() => JwksDocument.Of([KnownKeys.Ec with { Certificate = [.. certificate.RawData] }]));
    }

    private static string JsonOf(JwksDocument document) => Encoding.UTF8.GetString(document.Json.Span);
}
