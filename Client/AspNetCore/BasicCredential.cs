using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>
/// Username and secret of HTTP Basic (RFC 7617), for registries that read credentials themselves. Either can be empty: what that means is
/// for the registry to say. Never prints them, not even the username, since people paste secrets there.
/// </summary>
public sealed class BasicCredential
{
    /// <summary>Characters of the header: the longest username and secret, encoded, with room to spare.</summary>
    public const int MaxHeaderLength = 4096;

    private const string Scheme = "Basic";

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private BasicCredential(string username, Secret? secret)
    {
        Username = username;
        Secret = secret;
    }

    /// <summary>What stands before the first colon.</summary>
    public string Username { get; }

    /// <summary>What stands after it, further colons included; null where that is nothing or too long to be anyone's secret.</summary>
    public Secret? Secret { get; }

    /// <summary>Reads the values of the Authorization header. Never throws.</summary>
    /// <param name="authorization">The values, as they came.</param>
    /// <param name="credential">The credential, for <see cref="BasicCredentialForm.Present"/> only.</param>
    /// <returns>What the header holds.</returns>
    public static BasicCredentialForm Read(StringValues authorization, out BasicCredential? credential)
    {
        credential = null;
        if (authorization.Count > 1)
        {
            // Proxy and backend could each take another one.
            return BasicCredentialForm.Malformed;
        }

        var header = authorization.ToString();
        if (header.Length == 0)
        {
            return BasicCredentialForm.Absent;
        }

        var end = header.IndexOf(' ', StringComparison.Ordinal);
        if (!header.AsSpan(0, end < 0 ? header.Length : end).Equals(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return BasicCredentialForm.OtherScheme;
        }

        if (end < 0 || header.Length > MaxHeaderLength || !TryDecode(header.AsSpan(end).Trim(' '), out var text))
        {
            return BasicCredentialForm.Malformed;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return BasicCredentialForm.Malformed;
        }

        _ = Secret.TryCreate(text[(colon + 1)..], out var secret);
        credential = new BasicCredential(text[..colon], secret);
        return BasicCredentialForm.Present;
    }

    /// <inheritdoc/>
    public override string ToString() => "(redacted)";

    /// <summary>
    /// The standard alphabet, padded or not: some clients leave the padding out, none uses another alphabet. The text is UTF-8
    /// without control characters, as RFC 7617 asks.
    /// </summary>
    private static bool TryDecode(ReadOnlySpan<char> encoded, out string text)
    {
        text = "";
        var digits = encoded.TrimEnd('=');
        var padding = (4 - (digits.Length % 4)) % 4;
        if (padding == 3 || (digits.Length != encoded.Length && encoded.Length - digits.Length != padding)
            || digits.ContainsAnyExcept(Base64Characters))
        {
            return false;
        }

        var padded = new char[digits.Length + padding];
        digits.CopyTo(padded);
        padded.AsSpan(digits.Length).Fill('=');
        var bytes = new byte[padded.Length / 4 * 3];
        try
        {
            if (!Convert.TryFromBase64Chars(padded, bytes, out var length))
            {
                return false;
            }

            text = StrictUtf8.GetString(bytes, 0, length);
            return !text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.AsSpan().ContainsAnyInRange('\x7F', '\x9F');
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(padded);
        }
    }
}
