using System.Text;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Absolute URLs of the other pages of a list, with the parameters of the current request but for its secrets.</summary>
internal sealed class PageLinks
{
    private readonly string _start;
    private readonly int _perPage;

    public PageLinks(HttpContext context, int perPage)
    {
        var request = context.Request;
        var start = new StringBuilder();

        // The path as it was sent, since a decoded one would lose %2F. Characters that end a link are encoded.
        start.Append(request.Scheme).Append("://").Append(request.Host.ToUriComponent());
        start.Append((RawPath.Of(context) ?? request.PathBase + request.Path).Replace("<", "%3C", StringComparison.Ordinal)
            .Replace(">", "%3E", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal));
        var separator = '?';
        foreach (var (name, value) in Kept(request.QueryString))
        {
            start.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        _start = start.Append(separator).ToString();
        _perPage = perPage;
    }

    /// <summary>The links to the pages that exist.</summary>
    public IEnumerable<string> To(params IEnumerable<(string Relation, long? Page)> targets) => targets
        .Where(target => target.Page is not null)
        .Select(target => $"<{_start}page={target.Page}&per_page={_perPage}>; rel=\"{target.Relation}\"");

    private static IEnumerable<(string Name, string Value)> Kept(QueryString query)
    {
        foreach (var pair in (query.Value ?? string.Empty).TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var readable = PercentEncoding.TryDecode(equals < 0 ? pair : pair[..equals], plusIsSpace: true, out var name, out _)
                & PercentEncoding.TryDecode(equals < 0 ? string.Empty : pair[(equals + 1)..], plusIsSpace: true, out var value, out _);
            if (readable && name != Paging.Page.Name && name != Paging.PerPage.Name && !SecretParameters.Contains(name))
            {
                yield return (name, value);
            }
        }
    }
}
