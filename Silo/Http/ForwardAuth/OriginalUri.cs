using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// The path and query that a client asked a proxy for, as one meaning and no other. Escapes are decoded once; whatever would then
/// have another structure, or could be decoded again, is refused. So a proxy that matches the raw path, one that matches the
/// normalised path, and a backend that decodes once more all serve the path that was decided about.
/// </summary>
internal sealed class OriginalUri
{
    /// <summary>Characters of path and query together; proxies stop at about the same size.</summary>
    public const int MaxLength = 8192;

    /// <summary>
    /// What RFC 3986 allows in a path or a query, without <c>;</c>: servlet containers cut the path there, and old form decoders split
    /// the query there.
    /// </summary>
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@/?%");

    /// <summary>What begins something else once a path is decoded and read again.</summary>
    private static readonly SearchValues<char> Structural = SearchValues.Create("\\;?#%");

    private OriginalUri(string raw, ImmutableArray<string> segments, bool endsWithSlash, string? query)
    {
        Raw = raw;
        Segments = segments;
        EndsWithSlash = endsWithSlash;
        Query = query;
    }

    /// <summary>Exactly what the proxy said. May hold a secret in its query: not for logs.</summary>
    public string Raw { get; }

    /// <summary>
    /// The segments, decoded. Split at the slashes of the raw path only: a segment with an escaped slash keeps it, which is how an API
    /// takes a path as an id, and which no address of a git repository may have.
    /// </summary>
    public ImmutableArray<string> Segments { get; }

    /// <summary>Whether the path ends in a slash after its last segment.</summary>
    public bool EndsWithSlash { get; }

    /// <summary>What follows the question mark, not decoded; null without a question mark.</summary>
    public string? Query { get; }

    /// <summary>Takes a path with an optional query. False, with a reason, for everything that has no single meaning.</summary>
    public static bool TryParse(string? raw, [NotNullWhen(true)] out OriginalUri? uri, out Refusal refusal)
    {
        uri = null;
        refusal = Shape(raw);
        if (refusal != Refusal.None)
        {
            return false;
        }

        var mark = raw!.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? raw : raw[..mark];
        var query = mark < 0 ? null : raw[(mark + 1)..];
        var endsWithSlash = path.Length > 1 && path[^1] == '/';
        var parts = path == "/" ? [] : path[1..(endsWithSlash ? ^1 : ^0)].Split('/');

        var segments = ImmutableArray.CreateBuilder<string>(parts.Length);
        foreach (var part in parts)
        {
            refusal = DecodeSegment(part, out var segment);
            if (refusal != Refusal.None)
            {
                return false;
            }

            segments.Add(segment);
        }

        refusal = query is null ? Refusal.None : CheckQuery(query);
        if (refusal != Refusal.None)
        {
            return false;
        }

        uri = new OriginalUri(raw, segments.MoveToImmutable(), endsWithSlash, query);
        return true;
    }

    /// <summary>The path alone: a query can hold a secret.</summary>
    public override string ToString() => "/" + string.Join('/', Segments) + (EndsWithSlash ? "/" : "");

    private static Refusal Shape(string? raw)
    {
        if (string.IsNullOrEmpty(raw))
        {
            return Refusal.UriMissing;
        }

        if (raw.Length > MaxLength)
        {
            return Refusal.UriTooLong;
        }

        if (raw[0] != '/')
        {
            return Refusal.UriForm;
        }

        return raw.AsSpan().ContainsAnyExcept(Allowed) ? Refusal.UriCharacter : Refusal.None;
    }

    private static Refusal DecodeSegment(string part, out string segment)
    {
        segment = part;
        if (part.Contains('%', StringComparison.Ordinal))
        {
            var decoded = new char[part.Length];
            var length = 0;
            for (var at = 0; at < part.Length; at++)
            {
                var value = (int)part[at];
                if (value == '%' && !TryUnescape(part, ref at, out value))
                {
                    return Refusal.UriEscape;
                }

                // Visible ASCII: the package formats and repositories behind a proxy have no names outside it, and what is outside
                // it is dropped, cut off or mapped to a dot or a slash by one backend or another.
                if (value is <= 0x20 or >= 0x7f)
                {
                    return Refusal.UriAmbiguous;
                }

                decoded[length++] = (char)value;
            }

            segment = new string(decoded, 0, length);
        }

        if (segment.AsSpan().ContainsAny(Structural))
        {
            return Refusal.UriAmbiguous;
        }

        foreach (var piece in segment.AsSpan().Split('/'))
        {
            if (segment.AsSpan()[piece] is "" or "." or "..")
            {
                return Refusal.UriAmbiguous;
            }
        }

        return Refusal.None;
    }

    /// <summary>A query need not be understood here, only be safe to hand on.</summary>
    private static Refusal CheckQuery(string query)
    {
        for (var at = 0; at < query.Length; at++)
        {
            if (query[at] != '%')
            {
                continue;
            }

            if (!TryUnescape(query, ref at, out var value))
            {
                return Refusal.UriEscape;
            }

            if (value is < 0x20 or 0x7f)
            {
                return Refusal.UriAmbiguous;
            }
        }

        return Refusal.None;
    }

    /// <summary>Reads the escape at the percent sign and moves to its last character.</summary>
    private static bool TryUnescape(string text, ref int at, out int value)
    {
        value = 0;
        if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
        {
            return false;
        }

        value = int.Parse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        at += 2;
        return true;
    }
}
