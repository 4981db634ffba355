using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// A query of the index as two statements, one for the ids of a page and one for the count over all pages. Each names the index it
/// runs through: the planner has no say that could change with the data, and a statement that lost its index fails its tests.
/// </summary>
internal sealed partial class IndexStatement
{
    private const string Below =
        """
        WITH RECURSIVE below (id) AS (
            SELECT @subtree
            UNION
            SELECT n.id
            FROM below b CROSS JOIN index_namespace n INDEXED BY index_namespace_by_parent
                ON n.kind = 1 AND n.parent_id = b.id AND n.deleted = 0
        )
        """;

    private IndexStatement(string page, string count, (string Name, object? Value)[] filters, bool descending, int offset, int limit)
    {
        // Equal rows follow in the same direction, so that one order is the exact reverse of the other.
        Page = page.Replace("{direction}", descending ? "DESC" : "ASC", StringComparison.Ordinal) + " LIMIT @limit OFFSET @offset";
        Count = count;
        CountParameters = filters;
        PageParameters = [.. filters, ("@limit", limit), ("@offset", offset)];
    }

    public string Page { get; }

    public string Count { get; }

    public (string Name, object? Value)[] PageParameters { get; }

    public (string Name, object? Value)[] CountParameters { get; }

    public static IndexStatement For(NamespaceQuery query)
    {
        if (query.Reader is { } reader)
        {
            return For(query, reader);
        }

        var filters = new List<(string Name, object? Value)> { ("@kind", (long)query.Kind) };
        var where = "n.kind = @kind AND n.deleted = 0";
        if (query.ParentId is { } parent)
        {
            filters.Add(("@parent", parent));
            where += " AND n.parent_id = @parent";
        }

        if (query.Search is { Length: > 0 } search)
        {
            // Unlike LIKE, instr knows no wildcards.
            filters.Add(("@search", GridIndexRules.Fold(search)));
            where += " AND (instr(n.name_folded, @search) > 0 OR instr(n.slug_folded, @search) > 0)";
        }

        where += Own(query, filters);
        if (query.SubtreeOf is { } subtree)
        {
            filters.Add(("@subtree", subtree));
            where += query.Kind == NamespaceKind.Group ? " AND n.id <> @subtree" : "";
        }

        var (column, sorted) = Order(query.Sort);
        var page = From(query, sorted, "n.id") + $" WHERE {where} ORDER BY {column}n.id {{direction}}";
        var count = From(query, "index_namespace_by_slug", "count(*)") + $" WHERE {where}";
        return new IndexStatement(page, count, [.. filters], query.Descending, query.Offset, query.Limit);
    }

    public static IndexStatement For(TokenQuery query)
    {
        var filters = new List<(string Name, object? Value)>();
        var holder = "";
        if (query.HolderKind is { } kind)
        {
            filters.Add(("@holderKind", (long)kind));
            holder += " AND holder_kind = @holderKind";
        }

        if (query.HolderId is { } id)
        {
            filters.Add(("@holder", id));
            holder += " AND holder_id = @holder";
        }

        var active = "";
        if (query.ActiveAt is { } at)
        {
            filters.Add(("@activeAt", at.UtcTicks));
            active = " AND revoked = 0 AND expires_at > @activeAt";
        }

        var index = query switch
        {
            { HolderId: not null } => "index_token_by_holder",
            { HolderKind: not null } => "index_token_by_kind",
            _ => "index_token_by_id",
        };
        var page = $"SELECT id FROM index_token INDEXED BY {index} WHERE deleted = 0{holder}{active} ORDER BY id {{direction}}";
        var tallied = (query.HolderKind is null ? " AND holder_kind = 0" : "") + (query.HolderId is null ? " AND holder_id = 0" : "");
        var count = $"SELECT coalesce(sum(tokens), 0) FROM index_token_tally WHERE true{tallied}{holder}{active}";
        return new IndexStatement(page, count, [.. filters], query.Descending, query.Offset, query.Limit);
    }

    /// <summary>What a row must be itself.</summary>
    private static string Own(NamespaceQuery query, List<(string Name, object? Value)> filters)
    {
        var where = "";
        if (query.Visibility is { } visibility)
        {
            filters.Add(("@ownVisibility", (long)visibility));
            where += " AND n.visibility = @ownVisibility";
        }

        if (query.Archived is { } archived)
        {
            filters.Add(("@archived", archived));
            where += " AND n.archived = @archived";
        }

        return where;
    }

    /// <summary>Where the rows come from: from the group's subtree, from the parent, or from all.</summary>
    private static string From(NamespaceQuery query, string indexOfAll, string columns) =>
        query.SubtreeOf is not null
            ? $"{Below} SELECT {columns} FROM below b CROSS JOIN index_namespace n INDEXED BY index_namespace_by_parent ON n.parent_id = b.id"
        : query.ParentId is not null ? $"SELECT {columns} FROM index_namespace n INDEXED BY index_namespace_by_parent"
        : $"SELECT {columns} FROM index_namespace n INDEXED BY {indexOfAll}";

    private static (string Column, string Index) Order(NamespaceSort sort) => sort switch
    {
        NamespaceSort.Name => ("n.name_folded {direction}, ", "index_namespace_by_name"),
        NamespaceSort.Path => ("n.slug_folded {direction}, ", "index_namespace_by_slug"),
        NamespaceSort.CreatedAt => ("n.created_at {direction}, ", "index_namespace_by_created"),
        _ => ("", "index_namespace_by_id"),
    };
}
