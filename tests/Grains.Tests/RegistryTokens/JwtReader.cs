using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>Reads a JWT as a registry does that has only the certificate: by no JWT library, so by none that the product uses.</summary>
internal sealed record JwtReader(string Header, JsonElement Claims)
{
    /// <summary>Reads a JWT whose signature the certificate's key verifies.</summary>
    public static JwtReader Read(string jwt, ReadOnlySpan<byte> certificateDer)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(certificateDer);
        var parts = jwt.Split('.');
        Assert.Equal(3, parts.Length);
        Assert.True(
            Verifies(certificate, Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), Base64Url.DecodeFromChars(parts[2])), "The signature is wrong.");
        return new JwtReader(
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])),
            JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement);
    }

    public static bool Verifies(X509Certificate2 certificate, byte[] data, byte[] signature)
    {
        using var ecdsa = certificate.GetECDsaPublicKey();
        using var rsa = certificate.GetRSAPublicKey();
        return ecdsa is not null
            ? ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            : rsa!.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
