using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>A public key with which GitHub signs its reports: ECDSA on P-256 over SHA-256.</summary>
internal sealed class GitHubKey
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly byte[] _publicKey;

    private GitHubKey(string id, byte[] publicKey)
    {
        Id = id;
        _publicKey = publicKey;
    }

    /// <summary>How GitHub calls it.</summary>
    public string Id { get; }

    /// <summary>Reads a key; false where the text is no public key in PEM, or not one of P-256.</summary>
    public static bool TryCreate([NotNullWhen(true)] string? id, [NotNullWhen(true)] string? pem, [NotNullWhen(true)] out GitHubKey? key)
    {
        key = null;
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(pem))
        {
            return false;
        }

        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            key = ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256
                ? new GitHubKey(id, ecdsa.ExportSubjectPublicKeyInfo())
                : null;
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key = null;
        }

        return key is not null;
    }

    /// <summary>Whether a signature, as DER, is this key's over these very bytes.</summary>
    public bool Verifies(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_publicKey, out _);
        try
        {
            return ecdsa.VerifyData(body, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false; // No DER at all.
        }
    }
}
