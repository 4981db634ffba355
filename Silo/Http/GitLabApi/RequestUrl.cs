using System.Text;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Absolute URLs that lead back to this API, made of what the client sent.</summary>
internal static class RequestUrl
{
    /// <summary>A path with the query parameters of the current request: without its secrets, the unreadable ones, and
    /// <paramref name="without"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The path, still encoded, since a decoded one would lose <c>%2F</c>.</param>
    /// <param name="without">Names to leave out.</param>
    public static StringBuilder Build(HttpContext context, string path, params IReadOnlyCollection<string> without)
    {
        var request = context.Request;
        var url = new StringBuilder()
            .Append(context.RequestServices.GetRequiredService<PublicAddress>().Of(request))
            .Append(path)
            .Replace("<", "%3C").Replace(">", "%3E").Replace("\"", "%22"); // These would end a link.
        var separator = '?';
        foreach (var (name, value) in Kept(request.QueryString))
        {
            if (!without.Contains(name, StringComparer.Ordinal))
            {
                url.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return url;
    }

    private static IEnumerable<(string Name, string Value)> Kept(QueryString query)
    {
        foreach (var pair in (query.Value ?? string.Empty).TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (PercentEncoding.TryDecode(equals < 0 ? pair : pair[..equals], plusIsSpace: true, out var name, out _)
                && PercentEncoding.TryDecode(equals < 0 ? string.Empty : pair[(equals + 1)..], plusIsSpace: true, out var value, out _)
                && !SecretParameters.Contains(name))
            {
                yield return (name, value);
            }
        }
    }
}
