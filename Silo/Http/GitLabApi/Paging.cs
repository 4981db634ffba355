using System.Globalization;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Offset pagination as GitLab does it: parameters in, headers out.</summary>
internal static class Paging
{
    /// <summary>Above this many rows the total and the last page are not told, as counting further is not worth it.</summary>
    public const long MaxCountedRows = 10_000;

    private const long DefaultPerPage = 20;

    /// <summary>The page wanted. Zero is the first page, as in GitLab.</summary>
    public static IntegerParameter Page { get; } = new("page", "Page to return, from 1.") { Minimum = 0, Fallback = 1 };

    /// <summary>Rows of a page.</summary>
    public static IntegerParameter PerPage { get; } =
        new("per_page", $"Rows of a page; more than {Limits.MaxPageSize} are taken as that many.") { Minimum = 1, Except = 0, Fallback = DefaultPerPage };

    /// <summary>The page that a request asks for.</summary>
    public static PageRequest Of(Arguments arguments) =>
        new(Math.Max(arguments.Get(Page), 1), (int)Math.Min(arguments.Get(PerPage), Limits.MaxPageSize));

    /// <summary>Writes the headers that clients follow to the other pages.</summary>
    /// <param name="context">The request, answered with this page.</param>
    /// <param name="page">The page that is answered.</param>
    /// <param name="totalRows">Rows on all pages together.</param>
    public static void WriteHeaders(HttpContext context, PageRequest page, long totalRows)
    {
        var pages = Math.Max(totalRows / page.PerPage + (totalRows % page.PerPage == 0 ? 0 : 1), 1);
        var outside = page.Number > pages;
        long? next = outside || page.Number == pages ? null : page.Number + 1;
        long? previous = outside || page.Number == 1 ? null : page.Number - 1;
        long? last = totalRows > MaxCountedRows ? null : pages;

        var headers = context.Response.Headers;
        headers["X-Per-Page"] = Text(page.PerPage);
        headers["X-Page"] = Text(page.Number);
        headers["X-Next-Page"] = Text(next);
        headers["X-Prev-Page"] = Text(previous);
        headers.Link = Links(context, page.PerPage, ("prev", previous), ("next", next), ("first", 1), ("last", last));
        if (last is not null)
        {
            headers["X-Total"] = Text(totalRows);
            headers["X-Total-Pages"] = Text(pages);
        }
    }

    private static string Links(HttpContext context, int perPage, params IEnumerable<(string Relation, long? Page)> targets)
    {
        var url = RequestUrl.Build(context, RawPath.Of(context) ?? context.Request.PathBase + context.Request.Path, Page.Name, PerPage.Name);
        var start = url.Append(url.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').ToString();
        return string.Join(", ", targets
            .Where(target => target.Page is not null)
            .Select(target => $"<{start}page={target.Page}&per_page={perPage}>; rel=\"{target.Relation}\""));
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;
}

/// <summary>One page of a list.</summary>
/// <param name="Number">From 1.</param>
/// <param name="PerPage">Rows of a page, 1 to 100.</param>
internal readonly record struct PageRequest(long Number, int PerPage)
{
    /// <summary>Rows before this page; the largest number there is when the page lies beyond it.</summary>
    public int Offset => Number - 1 > int.MaxValue / PerPage ? int.MaxValue : (int)(Number - 1) * PerPage;
}
