using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// Lists of what a reader sees. They go from the top down and look at nothing that is not visible, so what such a list costs depends on
/// what the reader sees and not on all that there is.
/// </summary>
internal sealed partial class IndexStatement
{
    private const string LivingMember =
        "m.operator_id = @reader AND m.deleted = 0 AND m.level >= @level AND m.expires_at > @now";

    private const string Enough = "n.deleted = 0 AND (v.member = 1 OR n.visibility >= @visibility)";

    /// <summary>The groups at the top that are visible enough, personal namespaces included.</summary>
    private const string FromTheTop =
        """
        SELECT n.id, 0 FROM index_namespace n INDEXED BY index_namespace_by_parent
        WHERE n.kind IN (1, 3) AND n.parent_id = 0 AND n.deleted = 0 AND n.visibility >= @visibility
        """;

    private static IndexStatement For(NamespaceQuery query, IndexReader reader)
    {
        // No visibility reaches this, where only memberships count.
        List<(string Name, object? Value)> filters =
        [
            ("@kind", (long)query.Kind), ("@reader", reader.OperatorId), ("@level", (long)reader.Level), ("@now", reader.Now.UtcTicks),
            ("@visibility", (long)(reader.Visibility ?? int.MaxValue)),
        ];
        if ((query.SubtreeOf ?? query.ParentId) is { } top)
        {
            filters.AddRange([("@subtree", top), ("@member", reader.IsMemberAbove)]);
        }

        var where = "n.deleted = 0";
        if (query.ParentId is { } parent)
        {
            filters.Add(("@parent", parent));
            where += " AND n.parent_id = @parent";
        }

        if (query.Search is { Length: > 0 } search)
        {
            filters.Add(("@search", GridIndexRules.Fold(search)));
            where += " AND (instr(n.name_folded, @search) > 0 OR instr(n.slug_folded, @search) > 0)";
        }

        where += Own(query, filters);
        where += query is { SubtreeOf: not null, Kind: NamespaceKind.Group } ? " AND n.id <> @subtree" : "";

        // The primary key is the table itself, and the way to one row.
        var rows = Shown(query) + " SELECT {0} FROM shown s CROSS JOIN index_namespace n NOT INDEXED ON n.kind = @kind AND n.id = s.id WHERE " + where;
        var (column, _) = Order(query.Sort);
        return new IndexStatement(
            rows.Replace("{0}", "n.id", StringComparison.Ordinal) + $" ORDER BY {column}n.id {{direction}}",
            rows.Replace("{0}", "count(*)", StringComparison.Ordinal),
            [.. filters],
            query.Descending,
            query.Offset,
            query.Limit);
    }

    /// <summary>The ids of what is visible, as the table <c>shown</c>.</summary>
    private static string Shown(NamespaceQuery query)
    {
        if (query is { ParentId: not null, SubtreeOf: null })
        {
            return
                $"""
                 WITH shown (id) AS (
                     SELECT n.id FROM (SELECT @member AS member) v CROSS JOIN index_namespace n INDEXED BY index_namespace_by_parent
                         ON n.kind = @kind AND n.parent_id = @subtree AND {Enough}
                     UNION
                     SELECT m.id FROM index_member m WHERE {LivingMember} AND m.kind = @kind
                 )
                 """;
        }

        var isBelow = query.SubtreeOf is not null;
        return
            $"""
             {(isBelow ? Below + "," : "WITH RECURSIVE")}
             visible (id, member) AS (
                 {(isBelow ? "SELECT @subtree, @member" : FromTheTop)}
                 UNION
                 SELECT m.id, 1 FROM index_member m
                 WHERE {LivingMember} AND m.kind = 1
                     AND EXISTS (SELECT 1 FROM index_namespace g NOT INDEXED WHERE g.kind IN (1, 3) AND g.id = m.id AND g.deleted = 0)
                     {(isBelow ? "AND m.id IN (SELECT id FROM below)" : "")}
                 UNION
                 SELECT n.id, v.member
                 FROM visible v CROSS JOIN index_namespace n INDEXED BY index_namespace_by_parent
                     ON n.kind = 1 AND n.parent_id = v.id AND {Enough}
             ),
             {(query.Kind == NamespaceKind.Group ? "shown (id) AS (SELECT DISTINCT id FROM visible)" : ShownProjects(isBelow))}
             """;
    }

    private static string ShownProjects(bool isBelow) =>
        $"""
         shown (id) AS (
             SELECT n.id
             FROM visible v CROSS JOIN index_namespace n INDEXED BY index_namespace_by_parent
                 ON n.kind = 2 AND n.parent_id = v.id AND {Enough}
             UNION
             SELECT m.id FROM index_member m CROSS JOIN index_namespace p NOT INDEXED ON p.kind = 2 AND p.id = m.id
             WHERE {LivingMember} AND m.kind = 2 {(isBelow ? "AND p.parent_id IN (SELECT id FROM below)" : "")}
         )
         """;
}
