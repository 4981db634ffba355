using System.Security.Cryptography;
using System.Text;
using OrleansTokens.Silo.Http.LeakReports;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

public sealed class GitHubKeyTests
{
    /// <summary>The key pair is this test's own; the signature was made with openssl: <c>openssl dgst -sha256 -sign key.pem</c>.</summary>
    private const string Pem = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWKfKk3YfMBDs6XY+BuhnE9Qq6Hhw
        /jCE5Hl1lWxV+Ant62FeLRAXAAdZtCYn+rxOwWi97kyMC7FGiIL61SjcvQ==
        -----END PUBLIC KEY-----
        """;

    private const string Signature = "MEUCIBwWsbxsqCNqXHr36aZGuA2LC6zG8LDFe54GqIrgAFQ7AiEA38QECPgeNRrLiyMf5UGtM+A5U4i3ecp8QFkMLU75CSE=";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        """[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]""");

    [Fact]
    public void Verifies_OfASignatureMadeElsewhere_IsTrueForTheseVeryBytesOnly()
    {
        Assert.True(GitHubKey.TryCreate("id", Pem, out var key));
        var signature = Convert.FromBase64String(Signature);

        Assert.True(key.Verifies(Body, signature));
        Assert.False(key.Verifies([.. Body, (byte)'\n'], signature));
        Assert.False(key.Verifies(Body, [.. signature, 0]));
        Assert.False(key.Verifies(Body, []));
        for (var i = 0; i < signature.Length; i++)
        {
            var damaged = (byte[])[.. signature];
            damaged[i] ^= 1;
            Assert.False(key.Verifies(Body, damaged));
        }
    }

    [Fact]
    public void Create_OfWhatIsNoPublicKeyOnP256_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string?[] refused = [null, "", "text", Pem[..60], rsa.ExportSubjectPublicKeyInfoPem(), p384.ExportSubjectPublicKeyInfoPem()];

        Assert.All(refused, pem => Assert.False(GitHubKey.TryCreate("id", pem, out _)));
        Assert.False(GitHubKey.TryCreate("", Pem, out _));
    }
}
