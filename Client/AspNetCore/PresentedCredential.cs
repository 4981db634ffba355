using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>What a request shows: HTTP Basic, which counts before the header <c>Deploy-Token</c>.</summary>
internal static class PresentedCredential
{
    /// <summary>Characters of a header: the longest username and secret, encoded, with room to spare.</summary>
    private const int MaxHeaderLength = 4096 * 2;

    private const string BasicScheme = "Basic ";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads what is shown. Never throws.</summary>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="withUsername">Whether the username of HTTP Basic counts.</param>
    /// <param name="credential">What was shown; null where it can be nobody's.</param>
    /// <returns>False where nothing was shown that concerns deploy tokens.</returns>
    public static bool TryRead(IHeaderDictionary headers, bool withUsername, out Credential? credential)
    {
        credential = null;
        var authorization = headers.Authorization;
        if (authorization.Count > 1)
        {
            // Of several, a proxy and this program could each take another one.
            return true;
        }

        if (authorization.ToString() is var basic && basic.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase))
        {
            if (TryDecode(basic.AsSpan(BasicScheme.Length).Trim(' '), out var pair)
                && pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                && Secret.TryCreate(pair[(colon + 1)..], out var password))
            {
                credential = withUsername ? Credential.WithUsername(pair[..colon], password) : Credential.SecretOnly(password);
            }

            return true;
        }

        if (!headers.TryGetValue(DeployTokenDefaults.Header, out var shown) || StringValues.IsNullOrEmpty(shown))
        {
            return false;
        }

        credential = shown.Count == 1 && Secret.TryCreate(shown[0], out var secret) ? Credential.SecretOnly(secret) : null;
        return true;
    }

    /// <summary>UTF-8 without control characters in base64, as RFC 7617 asks; some clients leave the padding out.</summary>
    private static bool TryDecode(ReadOnlySpan<char> encoded, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (encoded.Length > MaxHeaderLength || encoded.ContainsAny(' ', '\t'))
        {
            return false;
        }

        var characters = ArrayPool<char>.Shared.Rent(encoded.Length + 2);
        var bytes = ArrayPool<byte>.Shared.Rent(encoded.Length + 2);
        try
        {
            encoded.CopyTo(characters);
            var padding = encoded.Contains('=') ? 0 : (4 - (encoded.Length % 4)) % 4;
            characters.AsSpan(encoded.Length, padding is 3 ? 0 : padding).Fill('=');
            if (Convert.TryFromBase64Chars(characters.AsSpan(0, encoded.Length + (padding is 3 ? 0 : padding)), bytes, out var length))
            {
                text = StrictUtf8.GetString(bytes, 0, length);
            }
        }
        catch (DecoderFallbackException)
        {
            text = null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
        }

        return text is not null && !text.Any(char.IsControl);
    }
}
