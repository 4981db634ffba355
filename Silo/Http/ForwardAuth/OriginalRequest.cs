using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// What a client asked a proxy for, as the proxy tells it. Proxies tell it in four ways, and pass on what a client sent in the ways
/// they do not use themselves. So every way that is present must be complete, and all must say the same, character for character;
/// which of them the proxy wrote then no longer matters.
/// </summary>
/// <param name="Method">The method, case kept: <c>get</c> is not <c>GET</c>.</param>
/// <param name="Uri">The path and query.</param>
internal sealed record OriginalRequest(string Method, OriginalUri Uri)
{
    /// <summary>Path and query; nginx, HAProxy.</summary>
    public const string OriginalUriHeader = "X-Original-URI";

    /// <summary>Absolute; ingress-nginx.</summary>
    public const string OriginalUrlHeader = "X-Original-URL";

    /// <summary>The method of both.</summary>
    public const string OriginalMethodHeader = "X-Original-Method";

    /// <summary>Path and query; Caddy, Traefik.</summary>
    public const string ForwardedUriHeader = "X-Forwarded-Uri";

    /// <summary>Its method.</summary>
    public const string ForwardedMethodHeader = "X-Forwarded-Method";

    /// <summary>Characters of a method; the longest registered one has 16.</summary>
    public const int MaxMethodLength = 32;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> AuthorityCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    private object? _understanding;

    /// <summary>
    /// Reads the original request.
    /// </summary>
    /// <param name="headers">The headers of the request to the endpoint.</param>
    /// <param name="method">Its own method: the original one where the proxy is Envoy, meaningless elsewhere.</param>
    /// <param name="rawTarget">
    /// Its request target as received. Never the decoded path: Kestrel has resolved dot segments there. Its query counts only where a
    /// path is appended, since Caddy appends the client's own query to the endpoint.
    /// </param>
    /// <param name="endpoint">The path of the endpoint, with any base path, without a slash at its end.</param>
    /// <param name="said">What is said to be the method and the URI of the original request, when all say the same; not yet judged.</param>
    /// <param name="refusal">Otherwise, why not.</param>
    public static bool TryRead(
        IHeaderDictionary headers,
        string method,
        string rawTarget,
        string endpoint,
        out (string Method, string Uri) said,
        out Refusal refusal)
    {
        said = default;
        var agreed = default(Claim);
        if (!Agree(ReadOriginal(headers), ref agreed, out refusal) || !Agree(ReadForwarded(headers), ref agreed, out refusal)
            || !Agree(ReadAppended(method, rawTarget, endpoint), ref agreed, out refusal))
        {
            return false;
        }

        if (agreed.IsAbsent)
        {
            refusal = Refusal.UriMissing;
            return false;
        }

        said = (agreed.Method!, agreed.Uri!);
        return true;
    }

    /// <summary>Understands what was said to be the original request.</summary>
    /// <param name="said">Method and URI.</param>
    /// <param name="request">The request, when it has one meaning.</param>
    /// <param name="refusal">Otherwise, why not.</param>
    public static bool TryParse(
        (string Method, string Uri) said, [NotNullWhen(true)] out OriginalRequest? request, out Refusal refusal)
    {
        request = null;
        if (said.Method.Length > MaxMethodLength || said.Method.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            refusal = Refusal.MethodMalformed;
            return false;
        }

        if (!OriginalUri.TryParse(said.Uri, out var uri, out refusal))
        {
            return false;
        }

        request = new OriginalRequest(said.Method, uri);
        return true;
    }

    /// <summary>What the surface that owns the address makes of the request; made once, and the same for whoever asks.</summary>
    public T Understand<T>(Func<OriginalRequest, T> read)
        where T : class => (T)(_understanding ??= read(this));

    /// <summary>Whether a claim agrees with those before it.</summary>
    private static bool Agree(Claim claim, ref Claim agreed, out Refusal refusal)
    {
        refusal = claim.Refusal;
        if (refusal == Refusal.None && !claim.IsAbsent && !agreed.IsAbsent && agreed != claim)
        {
            refusal = Refusal.HeadersConflict;
        }

        agreed = claim.IsAbsent ? agreed : claim;
        return refusal == Refusal.None;
    }

    private static Claim ReadOriginal(IHeaderDictionary headers)
    {
        if (!TrySingle(headers, OriginalUriHeader, out var uri) || !TrySingle(headers, OriginalUrlHeader, out var url)
            || !TrySingle(headers, OriginalMethodHeader, out var method))
        {
            return Claim.Refused(Refusal.HeaderRepeated);
        }

        if (url is null)
        {
            return Claim.Of(method, uri);
        }

        var pathOfUrl = PathOf(url);
        if (pathOfUrl is null)
        {
            return Claim.Refused(url.Length == 0 ? Refusal.UriMissing : Refusal.UriForm);
        }

        return uri is not null && uri != pathOfUrl ? Claim.Refused(Refusal.HeadersConflict) : Claim.Of(method, pathOfUrl);
    }

    private static Claim ReadForwarded(IHeaderDictionary headers) =>
        TrySingle(headers, ForwardedUriHeader, out var uri) && TrySingle(headers, ForwardedMethodHeader, out var method)
            ? Claim.Of(method, uri)
            : Claim.Refused(Refusal.HeaderRepeated);

    private static Claim ReadAppended(string method, string rawTarget, string endpoint)
    {
        if (!rawTarget.StartsWith(endpoint, StringComparison.Ordinal))
        {
            return Claim.Refused(Refusal.UriForm);
        }

        var rest = rawTarget[endpoint.Length..];
        return rest switch
        {
            "" or ['?', ..] => default,
            ['/', ..] => Claim.Of(method, rest),
            _ => Claim.Refused(Refusal.UriForm),
        };
    }

    /// <summary>The path and query of an http or https URL, as they stand there; null where there is none.</summary>
    private static string? PathOf(string url)
    {
        var authority = url.StartsWith("http://", StringComparison.Ordinal) ? 7
            : url.StartsWith("https://", StringComparison.Ordinal) ? 8
            : 0;
        var path = authority == 0 ? -1 : url.IndexOf('/', authority);
        // The authority is the client's own Host header: a question mark in it would move where the path begins.
        return path <= authority || url.AsSpan(authority, path - authority).ContainsAnyExcept(AuthorityCharacters) ? null : url[path..];
    }

    /// <summary>False where a header came more than once; null where it did not come.</summary>
    private static bool TrySingle(IHeaderDictionary headers, string name, out string? value)
    {
        StringValues values = headers[name];
        value = values.Count == 0 ? null : values[0] ?? "";
        return values.Count <= 1;
    }

    /// <summary>What one convention says, not yet judged; default where it is not used.</summary>
    private readonly record struct Claim(string? Method, string? Uri, Refusal Refusal)
    {
        public bool IsAbsent => Method is null && Uri is null && Refusal == Refusal.None;

        public static Claim Refused(Refusal refusal) => new(null, null, refusal);

        public static Claim Of(string? method, string? uri) => (method, uri) switch
        {
            (null, null) => default,
            (_, null or "") => Refused(Refusal.UriMissing),
            (null or "", _) => Refused(Refusal.MethodMissing),
            _ => new(method, uri, Refusal.None),
        };
    }
}
