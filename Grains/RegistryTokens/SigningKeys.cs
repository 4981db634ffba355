using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>Makes signing keys, and opens the boxes in which their private halves are kept.</summary>
internal static class SigningKeys
{
    private const int RsaBits = 2048;
    private const string Subject = "CN=Registry token signing";

    /// <summary>The certificate only carries the key: it is valid from before any clock could be behind, and has no end (RFC 5280, 4.1.2.5).</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1);

    private static readonly DateTimeOffset NoEnd = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>The algorithm's name in a JWT.</summary>
    public static string NameOf(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.Es256 => SecurityAlgorithms.EcdsaSha256,
        SigningAlgorithm.Rs256 => SecurityAlgorithms.RsaSha256,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
    };

    /// <summary>Makes a key. It exists nowhere else until it is stored.</summary>
    public static StoredSigningKey Create(
        SigningAlgorithm algorithm, TimeSpan lifetime, MasterKeyRing masterKeys, DateTimeOffset now, DateTimeOffset signsFrom, OperatorId by)
    {
        using AsymmetricAlgorithm pair =
            algorithm == SigningAlgorithm.Rs256 ? RSA.Create(RsaBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = LibtrustKeyId.Compute(pair.ExportSubjectPublicKeyInfo());
        var privateKey = pair.ExportPkcs8PrivateKey();
        try
        {
            return new StoredSigningKey
            {
                KeyId = keyId,
                Algorithm = algorithm,
                SealedPrivateKey = Seal(masterKeys, keyId, privateKey),
                Certificate = Certify(pair, now),
                CreatedAt = now,
                CreatedBy = by.Value,
                SignsFrom = signsFrom,
                LongestLifetimeSeconds = (int)lifetime.TotalSeconds,
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>The key with its private half under the newest master key. As it is where it cannot be opened: signing with it fails and
    /// says so, and a new key can still be made.</summary>
    public static StoredSigningKey Reseal(StoredSigningKey key, MasterKeyRing masterKeys)
    {
        if (!SealedBox.TryParse(key.SealedPrivateKey, out var box) || !box.NeedsReseal(masterKeys))
        {
            return key;
        }

        byte[] privateKey = [];
        try
        {
            privateKey = box.Open(masterKeys, SealPurpose.SigningKey, Context(key.KeyId));
            return key with { SealedPrivateKey = Seal(masterKeys, key.KeyId, privateKey) };
        }
        catch (CryptographicException)
        {
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>What one needs to sign. Safe for any number of threads: each signature has a context of its own in OpenSSL, and
    /// measured here one instance signs as fast on two threads as a pool of instances does.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: the private key cannot be opened.</exception>
    public static SigningCredentials Open(SealedSigningKey key, MasterKeyRing masterKeys)
    {
        var privateKey = Open(key.KeyId, key.SealedPrivateKey, masterKeys);
        try
        {
            return key.Algorithm == SigningAlgorithm.Rs256
                ? Credentials(key, new RsaSecurityKey(Import(RSA.Create(), key.KeyId, privateKey)))
                : Credentials(key, new ECDsaSecurityKey(Import(ECDsa.Create(), key.KeyId, privateKey)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    private static SigningCredentials Credentials(SealedSigningKey key, SecurityKey pair)
    {
        pair.KeyId = key.KeyId;
        return new SigningCredentials(pair, NameOf(key.Algorithm));
    }

    private static T Import<T>(T pair, string keyId, byte[] privateKey)
        where T : AsymmetricAlgorithm
    {
        pair.ImportPkcs8PrivateKey(privateKey, out _);
        return LibtrustKeyId.Compute(pair.ExportSubjectPublicKeyInfo()) == keyId
            ? pair
            : throw TokenAuthorityException.Unavailable($"The signing key {keyId} is another than its name says.");
    }

    private static byte[] Open(string keyId, string sealedKey, MasterKeyRing masterKeys)
    {
        if (!SealedBox.TryParse(sealedKey, out var box))
        {
            throw TokenAuthorityException.Unavailable($"The signing key {keyId} is in no sealed box.");
        }

        try
        {
            return box.Open(masterKeys, SealPurpose.SigningKey, Context(keyId));
        }
        catch (CryptographicException fault)
        {
            throw new TokenAuthorityException($"The signing key {keyId} cannot be opened: {fault.Message}", fault);
        }
    }

    private static string Seal(MasterKeyRing masterKeys, string keyId, ReadOnlySpan<byte> privateKey) =>
        SealedBox.Seal(masterKeys, SealPurpose.SigningKey, Context(keyId), privateKey).ToStorageText();

    private static string Context(string keyId) => "signing-key/" + keyId;

    private static byte[] Certify(AsymmetricAlgorithm pair, DateTimeOffset now)
    {
        var request = pair switch
        {
            ECDsa ecdsa => new CertificateRequest(Subject, ecdsa, HashAlgorithmName.SHA256),
            RSA rsa => new CertificateRequest(Subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => throw new ArgumentException("Neither ECDSA nor RSA.", nameof(pair)),
        };
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var certificate = request.CreateSelfSigned(now - ClockDifference, NoEnd);
        return certificate.RawData;
    }
}
