using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace OrleansTokens.Silo.Http;

/// <summary>Path segments as the client sent them. Route values are decoded but for <c>%2F</c>, so <c>a%2Fb</c> and <c>a%252Fb</c>
/// look alike in them; only the raw request target says which it was.</summary>
internal static class RawPath
{
    /// <summary>The path of the request target, still encoded, without query; null when the target has none.</summary>
    public static string? Of(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var end = target.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? target : target[..end];
        if (path.StartsWith('/'))
        {
            return path;
        }

        // The absolute form, as sent to proxies: http://host/path.
        var authority = path.IndexOf("://", StringComparison.Ordinal);
        var start = authority < 0 ? -1 : path.IndexOf('/', authority + "://".Length);
        return start < 0 ? null : path[start..];
    }

    /// <summary>The segment that a route parameter stands for, decoded exactly once; null when it cannot be read without guessing.</summary>
    public static string? Segment(HttpContext context, string routeParameter) =>
        Find(context, routeParameter) is var (segments, index)
            && PercentEncoding.TryDecode(segments[index], plusIsSpace: false, out var text, out _) ? text : null;

    /// <summary>The path with another segment, already encoded, for a route parameter.</summary>
    public static string? With(HttpContext context, string routeParameter, string segment)
    {
        if (Find(context, routeParameter) is not var (segments, index))
        {
            return null;
        }

        segments[index] = segment;
        return '/' + string.Join('/', segments);
    }

    private static (string[] Segments, int Index)? Find(HttpContext context, string routeParameter)
    {
        if (Of(context) is not { } raw
            || context.GetEndpoint() is not RouteEndpoint { RoutePattern: var pattern }
            || IndexOf(pattern, routeParameter) is not { } index)
        {
            return null;
        }

        // A server removes dot segments, in any encoding, before routing. Each takes a slash away, so equal counts prove that
        // the segments of the raw path are the ones that were routed.
        var request = context.Request;
        var segments = raw[1..].Split('/');
        var prefix = Slashes(request.PathBase.Value);
        return segments.Length == prefix + Slashes(request.Path.Value) && prefix + index < segments.Length
            ? (segments, prefix + index)
            : null;
    }

    private static int? IndexOf(RoutePattern pattern, string name)
    {
        for (var i = 0; i < pattern.PathSegments.Count; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternParameterPart part] && part.Name == name)
            {
                return i;
            }
        }

        return null;
    }

    private static int Slashes(string? path) => path.AsSpan().Count('/');
}
