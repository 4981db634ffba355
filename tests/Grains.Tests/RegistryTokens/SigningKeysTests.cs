using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.RegistryTokens;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class SigningKeysTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly MasterKey Old = new([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);
    private static readonly MasterKey New = new([.. Enumerable.Range(32, 32).Select(static i => (byte)i)]);

    public static TheoryData<SigningAlgorithm> Algorithms => [SigningAlgorithm.Es256, SigningAlgorithm.Rs256];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Create_Always_NamesTheKeyByItsCertificate(SigningAlgorithm algorithm)
    {
        var key = Create(algorithm, MasterKeyRing.Of(Old));

        using var certificate = X509CertificateLoader.LoadCertificate(key.Certificate);
        Assert.Equal(LibtrustKeyId.Compute(certificate.PublicKey.ExportSubjectPublicKeyInfo()), key.KeyId);
        Assert.True(certificate.NotBefore.ToUniversalTime() <= Now.UtcDateTime.AddMinutes(-5));
        Assert.True(certificate.NotAfter.ToUniversalTime() >= Now.UtcDateTime.AddYears(100));
        Assert.Equal(certificate.IssuerName.RawData, certificate.SubjectName.RawData);
        Assert.Null(new SigningKeyState { Keys = [key] }.Fault());
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Open_OfWhatWasSealed_SignsForTheCertificate(SigningAlgorithm algorithm)
    {
        var ring = MasterKeyRing.Of(Old);
        var key = Create(algorithm, ring);

        var credentials = SigningKeys.Open(Sealed(key), ring);

        Assert.Equal(SigningKeys.NameOf(algorithm), credentials.Algorithm);
        Assert.Equal(key.KeyId, credentials.Kid);
        Assert.True(Verifies(key, Encoding.ASCII.GetBytes("text"), Sign(credentials, "text")));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Create_Always_KeepsThePrivateKeyInTheSealedBoxOnly(SigningAlgorithm algorithm)
    {
        var ring = MasterKeyRing.Of(Old);
        var key = Create(algorithm, ring);
        var secretNumber = SigningKeys.Open(Sealed(key), ring).Key switch
        {
            ECDsaSecurityKey e => e.ECDsa.ExportParameters(true).D!,
            RsaSecurityKey r => r.Rsa.ExportParameters(true).P!,
            _ => throw new InvalidOperationException(),
        };

        Assert.True(SealedBox.TryParse(key.SealedPrivateKey, out var box));
        Assert.True(box.Open(ring, SealPurpose.SigningKey, "signing-key/" + key.KeyId).AsSpan().IndexOf(secretNumber) >= 0);
        Assert.True(Base64Url(key.SealedPrivateKey).AsSpan().IndexOf(secretNumber) < 0);
        Assert.True(key.Certificate.AsSpan().IndexOf(secretNumber) < 0);
    }

    [Fact]
    public void Open_UnderAnotherMasterKey_IsUnavailable()
    {
        var key = Create(SigningAlgorithm.Es256, MasterKeyRing.Of(Old));

        var fault = Assert.Throws<TokenAuthorityException>(() => SigningKeys.Open(Sealed(key), MasterKeyRing.Of(New)));

        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        Assert.Contains(key.KeyId, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAnotherKeysBox_IsUnavailable()
    {
        var ring = MasterKeyRing.Of(Old);
        var (one, other) = (Create(SigningAlgorithm.Es256, ring), Create(SigningAlgorithm.Es256, ring));

        Assert.Throws<TokenAuthorityException>(
            () => SigningKeys.Open(Sealed(one) with { SealedPrivateKey = other.SealedPrivateKey }, ring));
    }

    [Fact]
    public void Reseal_UnderANewMasterKey_NeedsTheOldOneNoMore()
    {
        var key = Create(SigningAlgorithm.Es256, MasterKeyRing.Of(Old));

        var resealed = SigningKeys.Reseal(key, MasterKeyRing.Of(New, Old));

        var credentials = SigningKeys.Open(Sealed(resealed), MasterKeyRing.Of(New));
        Assert.True(Verifies(key, Encoding.ASCII.GetBytes("text"), Sign(credentials, "text")));
    }

    [Fact]
    public void Reseal_WhenNothingIsToBeDoneOrCanBe_GivesTheSameKey()
    {
        var key = Create(SigningAlgorithm.Es256, MasterKeyRing.Of(Old));

        Assert.Same(key, SigningKeys.Reseal(key, MasterKeyRing.Of(Old, New)));
        Assert.Same(key, SigningKeys.Reseal(key, MasterKeyRing.Of(New)));
    }

    private static StoredSigningKey Create(SigningAlgorithm algorithm, MasterKeyRing ring) =>
        SigningKeys.Create(algorithm, TimeSpan.FromMinutes(5), ring, Now, Now, default);

    private static SealedSigningKey Sealed(StoredSigningKey key) => new(key.KeyId, key.Algorithm, key.SealedPrivateKey, key.SignsFrom);

    private static byte[] Base64Url(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static byte[] Sign(SigningCredentials credentials, string text) =>
        credentials.Key.CryptoProviderFactory.CreateForSigning(credentials.Key, credentials.Algorithm).Sign(Encoding.ASCII.GetBytes(text));

    private static bool Verifies(StoredSigningKey key, byte[] data, byte[] signature)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(key.Certificate);
        return JwtReader.Verifies(certificate, data, signature);
    }
}
