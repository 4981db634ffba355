using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>
/// The public keys in the two forms that registries read: a JSON web key set (distribution 3, and any JWT library), and certificates
/// in PEM (<c>rootcertbundle</c> of distribution 2). Both hold the same keys, newest first.
/// </summary>
internal sealed class JwksDocument
{
    // Base64 has a plus sign, which need not be escaped: nothing here is put into HTML.
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ImmutableArray<PublishedKey> _keys;

    private JwksDocument(ImmutableArray<PublishedKey> keys, ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> pem)
    {
        _keys = keys;
        Json = json;
        Pem = pem;
    }

    /// <summary>The key set.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The certificates, one after another.</summary>
    public ReadOnlyMemory<byte> Pem { get; }

    /// <summary>Writes both forms.</summary>
    public static JwksDocument Of(ImmutableArray<PublishedKey> keys)
    {
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer, JsonOptions);
        var pem = new StringBuilder();
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(key.Certificate.AsSpan());
            WriteKey(json, key, certificate);
            pem.Append(certificate.ExportCertificatePem()).Append('\n');
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return new JwksDocument(keys, buffer.ToArray(), Encoding.ASCII.GetBytes(pem.ToString()));
    }

    /// <summary>Whether it is the document of these keys. A key id names one public key, and one certificate, for good.</summary>
    public bool IsOf(ImmutableArray<PublishedKey> keys) => _keys.Select(static k => k.KeyId).SequenceEqual(keys.Select(static k => k.KeyId));

    private static void WriteKey(Utf8JsonWriter json, PublishedKey key, X509Certificate2 certificate)
    {
        json.WriteStartObject();
        using var ecdsa = certificate.GetECDsaPublicKey();
        using var rsa = certificate.GetRSAPublicKey();
        if (ecdsa is not null)
        {
            var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            json.WriteString("kty", "EC");
            json.WriteString("crv", "P-256");
            json.WriteString("x", Base64Url.EncodeToString(point.X));
            json.WriteString("y", Base64Url.EncodeToString(point.Y));
        }
        else if (rsa is not null)
        {
            var numbers = rsa.ExportParameters(includePrivateParameters: false);
            json.WriteString("kty", "RSA");
            json.WriteString("n", Base64Url.EncodeToString(numbers.Modulus));
            json.WriteString("e", Base64Url.EncodeToString(numbers.Exponent));
        }
        else
        {
            throw new CryptographicException($"The certificate of key {key.KeyId} is neither of ECDSA nor of RSA.");
        }

        json.WriteString("kid", key.KeyId);
        json.WriteString("use", "sig");
        json.WriteString("alg", key.Algorithm);
        json.WriteStartArray("x5c");
        json.WriteBase64StringValue(key.Certificate.AsSpan());
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
