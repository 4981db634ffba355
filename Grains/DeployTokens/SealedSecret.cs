using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Keys;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>
/// Secrets of tokens that CI jobs are given (reference §4), the only ones that can be read again: sealed, each for its own token.
/// </summary>
internal static class SealedSecret
{
    /// <summary>The secret in its stored form, under the newest master key; null where the name is not the one that jobs look for.</summary>
    public static string? Of(TokenId token, string name, Secret secret, MasterKeyRing keys) =>
        name == DeployTokenVariables.Name ? Seal(token, Encoding.UTF8.GetBytes(secret.Reveal()), keys) : null;

    /// <summary>The secret.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: the box is under a master key that is not configured, or was altered.</exception>
    public static Secret Open(TokenId token, string stored, MasterKeyRing keys)
    {
        var content = Unseal(token, stored, keys);
        var text = Encoding.UTF8.GetString(content);
        CryptographicOperations.ZeroMemory(content);
        return Secret.TryCreate(text, out var secret) ? secret : throw TokenAuthorityException.Unavailable($"What is sealed of token {token} is no secret.");
    }

    /// <summary>The same, under the newest master key.</summary>
    public static string? Renew(TokenId token, string? stored, MasterKeyRing keys) =>
        stored is not null && SealedBox.TryParse(stored, out var box) && box.NeedsReseal(keys)
            ? Seal(token, Unseal(token, stored, keys), keys)
            : stored;

    private static string Seal(TokenId token, byte[] content, MasterKeyRing keys)
    {
        var box = SealedBox.Seal(keys, SealPurpose.DeployToken, Context(token), content);
        CryptographicOperations.ZeroMemory(content);
        return box.ToStorageText();
    }

    private static byte[] Unseal(TokenId token, string stored, MasterKeyRing keys)
    {
        try
        {
            return SealedBox.TryParse(stored, out var box)
                ? box.Open(keys, SealPurpose.DeployToken, Context(token))
                : throw TokenAuthorityException.Unavailable($"What is sealed of token {token} cannot be read.");
        }
        catch (CryptographicException fault)
        {
            throw new TokenAuthorityException($"What is sealed of token {token} cannot be opened.", fault);
        }
    }

    private static string Context(TokenId token) => string.Create(CultureInfo.InvariantCulture, $"deploy-token/{token.Value}");
}
