using OrleansTokens.Grains.Index;

namespace OrleansTokens.Silo.Storage.Sqlite;

internal sealed partial class IndexStatement
{
    /// <summary>Personal namespaces are kept apart from groups.</summary>
    private const long PersonalKind = 3;

    public static long KindOf(NamespaceRow row) => row.Personal ? PersonalKind : (long)row.Kind;

    public static IndexStatement For(OperatorQuery query)
    {
        var filters = new List<(string Name, object? Value)>();
        var where = "deleted = 0";
        if (query.Username is { } username)
        {
            filters.Add(("@username", GridIndexRules.Fold(username)));
            where += " AND username_folded = @username";
        }

        if (query.Search is { Length: > 0 } search)
        {
            filters.Add(("@search", GridIndexRules.Fold(search)));
            var email = query.SearchEmails ? " OR instr(email_folded, @search) > 0" : "";
            where += $" AND (instr(username_folded, @search) > 0 OR instr(name_folded, @search) > 0{email})";
        }

        if (query.Blocked is { } blocked)
        {
            filters.Add(("@blocked", blocked));
            where += " AND blocked = @blocked";
        }

        where += query.AdministratorsOnly ? " AND administrator = 1" : "";
        return Of("index_operator", where, filters, query.Descending, query.Offset, query.Limit);
    }

    public static IndexStatement For(OperatorTokenQuery query)
    {
        var filters = new List<(string Name, object? Value)>();
        var where = "deleted = 0";
        if (query.Active is { } active)
        {
            filters.Add(("@now", query.Now.UtcTicks));
            where += active ? " AND revoked = 0 AND expires_at > @now" : " AND (revoked = 1 OR expires_at <= @now)";
        }

        if (query.Revoked is { } revoked)
        {
            filters.Add(("@revoked", revoked));
            where += " AND revoked = @revoked";
        }

        if (query.Search is { Length: > 0 } search)
        {
            filters.Add(("@search", GridIndexRules.Fold(search)));
            where += " AND instr(name_folded, @search) > 0";
        }

        return Of("index_operator_token", where, filters, query.Descending, query.Offset, query.Limit);
    }

    private static IndexStatement Of(
        string table, string where, List<(string Name, object? Value)> filters, bool descending, int offset, int limit) => new(
        $"SELECT id FROM {table} WHERE {where} ORDER BY id {{direction}}",
        $"SELECT count(*) FROM {table} WHERE {where}",
        [.. filters],
        descending,
        offset,
        limit);
}
