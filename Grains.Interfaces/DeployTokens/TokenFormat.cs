using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansTokens.DeployTokens;

/// <summary>What the string form alone says about a secret.</summary>
public enum TokenShape
{
    /// <summary>
    /// Not the shape of a token of this format. It may be an imported secret (GitLab's own are <c>gldt-</c> and 20 characters),
    /// so this is no refusal: such a secret is looked up by its digest.
    /// </summary>
    NotOurs,

    /// <summary>The shape of a token of this format, but broken: mistyped, or of a format this version does not know.</summary>
    Malformed,

    /// <summary>Well-formed, but not tagged under any of the keys: mistyped, made up, or of another installation.</summary>
    Forged,

    /// <summary>
    /// Well-formed and, where tag keys were given, tagged under one of them. It says where the token lives, not that the token is valid.
    /// </summary>
    Ours,
}

/// <summary>What a token of our own carries in the open.</summary>
/// <param name="Format">The format version; 1.</param>
/// <param name="Region">The token's home region, 0 to 255.</param>
/// <param name="TokenId">The token id, 1 or greater.</param>
public readonly record struct ParsedToken(byte Format, byte Region, long TokenId);

/// <summary>
/// The string form of our own tokens: a prefix, then base64url without padding of: format byte (1), region byte, token id
/// (LEB128), 18 random bytes, and a tag: the first 6 bytes of HMAC-SHA-256 over the prefix and everything before the tag.
/// </summary>
/// <remarks>
/// <para>
/// A gateway so finds the token's grain and home region without an index, and refuses a mistyped or made-up token without asking anyone.
/// The tag does not make a token valid: 48 bits keep guesses away from the grains, the digest of the whole secret decides.
/// </para>
/// <para>
/// Every token has exactly one spelling: trailing bits are zero, the id has no padding byte, and the prefix is under the tag,
/// so a token respelled under another accepted prefix is forged. A former prefix goes on working for the tokens issued under
/// it, because a tag is computed with the prefix that was presented. Prefix and payload cannot be confused under the tag: the
/// payload begins with the format byte, which is no prefix character.
/// </para>
/// </remarks>
public static class TokenFormat
{
    /// <summary>
    /// The first character of every payload. It encodes the upper six bits of the format byte, so it stays as long as formats are below 4.
    /// </summary>
    internal const char FirstPayloadCharacter = 'A';

    internal const int RandomLength = 18;

    private const byte CurrentFormat = 1;
    private const int IdOffset = 2;
    private const int MaxIdLength = 9;
    private const int TagLength = 6;
    private const int MinLength = IdOffset + 1 + RandomLength + TagLength;
    private const int MaxLength = IdOffset + MaxIdLength + RandomLength + TagLength;
    private const int MinEncodedLength = MinLength * 4 / 3;
    private const int MaxEncodedLength = ((MaxLength * 4) + 2) / 3;

    private static readonly SearchValues<char> Base64UrlAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Makes a new secret for a token, with 144 random bits.</summary>
    /// <param name="prefixes">The secret gets the issuing prefix.</param>
    /// <param name="region">The token's home region.</param>
    /// <param name="tokenId">The token id, 1 or greater.</param>
    /// <param name="key">The newest tag key.</param>
    /// <returns>A secret that differs from every other.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token id is not positive.</exception>
    public static Secret Issue(TokenPrefixes prefixes, byte region, long tokenId, TagKey key)
    {
        Span<byte> random = stackalloc byte[RandomLength];
        RandomNumberGenerator.Fill(random);
        return Issue(prefixes, region, tokenId, key, random);
    }

    /// <summary>Reads a token without judging its tag: for those that hold no tag key.</summary>
    /// <param name="secret">What was presented.</param>
    /// <param name="prefixes">The accepted prefixes.</param>
    /// <param name="token">What the token carries; the default unless the outcome is <see cref="TokenShape.Ours"/>.</param>
    /// <returns><see cref="TokenShape.NotOurs"/>, <see cref="TokenShape.Malformed"/> or <see cref="TokenShape.Ours"/>.</returns>
    public static TokenShape Parse(Secret secret, TokenPrefixes prefixes, out ParsedToken token)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(prefixes);
        Span<byte> buffer = stackalloc byte[MaxLength];
        return Read(secret.Span, prefixes, buffer, out _, out _, out token);
    }

    /// <summary>
    /// Reads a token and judges its tag. Allocates nothing and takes about a microsecond; the time tells which key the tag is
    /// under, not how much of a wrong tag is right.
    /// </summary>
    /// <param name="secret">What was presented.</param>
    /// <param name="prefixes">The accepted prefixes.</param>
    /// <param name="keys">The tag keys, newest first: the newest is tried first.</param>
    /// <param name="token">What the token carries; the default unless the outcome is <see cref="TokenShape.Ours"/>.</param>
    /// <returns>What the secret is. Only <see cref="TokenShape.Malformed"/> and <see cref="TokenShape.Forged"/> are refusals.</returns>
    public static TokenShape VerifyTag(Secret secret, TokenPrefixes prefixes, ReadOnlySpan<TagKey> keys, out ParsedToken token)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(prefixes);
        Span<byte> buffer = stackalloc byte[MaxLength];
        var shape = Read(secret.Span, prefixes, buffer, out var length, out var prefix, out token);
        if (shape != TokenShape.Ours || IsTagged(prefix, buffer[..length], keys))
        {
            return shape;
        }

        token = default;
        return TokenShape.Forged;
    }

    internal static Secret Issue(TokenPrefixes prefixes, byte region, long tokenId, TagKey key, ReadOnlySpan<byte> random)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenId);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomLength);

        Span<byte> payload = stackalloc byte[MaxLength];
        payload[0] = CurrentFormat;
        payload[1] = region;
        var length = IdOffset + WriteId(payload[IdOffset..], tokenId);
        random.CopyTo(payload[length..]);
        length += RandomLength;
        WriteTag(prefixes.Issuing, payload[..length], key, payload.Slice(length, TagLength));
        length += TagLength;

        var text = prefixes.Issuing + Base64Url.EncodeToString(payload[..length]);
        return Secret.TryCreate(text, out var secret) ? secret : throw new InvalidOperationException("An issued text was no secret.");
    }

    private static TokenShape Read(
        ReadOnlySpan<char> text, TokenPrefixes prefixes, Span<byte> buffer, out int length, out string prefix, out ParsedToken token)
    {
        length = 0;
        token = default;
        prefix = prefixes.Match(text) ?? "";
        var encoded = text[prefix.Length..];
        if (prefix.Length == 0 || !HasPayloadShape(encoded))
        {
            return TokenShape.NotOurs;
        }

        return CanonicalBase64Url.TryDecode(encoded, buffer, out length) && TryReadLayout(buffer[..length], out token)
            ? TokenShape.Ours
            : TokenShape.Malformed;
    }

    /// <summary>
    /// Deliberately narrow. An imported secret often begins with our prefix (GitLab's is the same) and must not be taken
    /// for a broken token of ours, because that is refused without a look-up.
    /// </summary>
    private static bool HasPayloadShape(ReadOnlySpan<char> encoded) =>
        encoded.Length is >= MinEncodedLength and <= MaxEncodedLength
        && encoded[0] == FirstPayloadCharacter
        && !encoded.ContainsAnyExcept(Base64UrlAlphabet);

    private static bool TryReadLayout(ReadOnlySpan<byte> payload, out ParsedToken token)
    {
        var idLength = payload.Length - MinLength + 1;
        if (payload[0] != CurrentFormat || idLength < 1 || !TryReadId(payload.Slice(IdOffset, idLength), out var tokenId))
        {
            token = default;
            return false;
        }

        token = new ParsedToken(payload[0], payload[1], tokenId);
        return true;
    }

    private static bool IsTagged(string prefix, ReadOnlySpan<byte> payload, ReadOnlySpan<TagKey> keys)
    {
        Span<byte> expected = stackalloc byte[TagLength];
        foreach (var key in keys)
        {
            WriteTag(prefix, payload[..^TagLength], key, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, payload[^TagLength..]))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteTag(string prefix, ReadOnlySpan<byte> payload, TagKey key, Span<byte> destination)
    {
        Span<byte> message = stackalloc byte[Limits.MaxTokenPrefixLength + MaxLength];
        var prefixLength = Encoding.ASCII.GetBytes(prefix, message);
        payload.CopyTo(message[prefixLength..]);

        Span<byte> mac = stackalloc byte[KeyedHash.Length];
        key.ComputeMac(message[..(prefixLength + payload.Length)], mac);
        mac[..TagLength].CopyTo(destination);
    }

    private static int WriteId(Span<byte> destination, long tokenId)
    {
        var length = 0;
        var rest = (ulong)tokenId;
        for (; rest >= 0x80; rest >>= 7)
        {
            destination[length++] = (byte)(rest | 0x80);
        }

        destination[length++] = (byte)rest;
        return length;
    }

    /// <summary>Reads an id that fills its span exactly: continuation bits on all bytes but the last, and no leading zero.</summary>
    private static bool TryReadId(ReadOnlySpan<byte> source, out long tokenId)
    {
        tokenId = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] >= 0x80 == (i == source.Length - 1))
            {
                return false;
            }

            tokenId |= (long)(source[i] & 0x7F) << (7 * i);
        }

        return source[^1] != 0;
    }
}
