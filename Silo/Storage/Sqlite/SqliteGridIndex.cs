using Microsoft.Data.Sqlite;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using SQLitePCL;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>The index in the embedded database, written through the same groups as grain state.</summary>
internal sealed partial class SqliteGridIndex(SqliteDatabase database) : IGridIndex
{
    private const string UpsertNamespace =
        """
        INSERT INTO index_namespace (kind, id, parent_id, slug, slug_folded, name, name_folded, visibility, archived, created_at, deleted, epoch)
        VALUES (@kind, @id, @parent, @slug, @slugFolded, @name, @nameFolded, @visibility, @archived, @created, @deleted, @epoch)
        ON CONFLICT DO UPDATE SET
            parent_id = excluded.parent_id, slug = excluded.slug, slug_folded = excluded.slug_folded, name = excluded.name,
            name_folded = excluded.name_folded, visibility = excluded.visibility, archived = excluded.archived,
            created_at = excluded.created_at, deleted = excluded.deleted, epoch = excluded.epoch
        WHERE excluded.epoch >= index_namespace.epoch
        """;

    private const string UpsertToken =
        """
        INSERT INTO index_token (id, holder_kind, holder_id, name, username, scopes, created_at, expires_at, revoked, deleted, epoch)
        VALUES (@id, @holderKind, @holder, @name, @username, @scopes, @created, @expires, @revoked, @deleted, @epoch)
        ON CONFLICT DO UPDATE SET
            holder_kind = excluded.holder_kind, holder_id = excluded.holder_id, name = excluded.name, username = excluded.username,
            scopes = excluded.scopes, created_at = excluded.created_at, expires_at = excluded.expires_at,
            revoked = excluded.revoked, deleted = excluded.deleted, epoch = excluded.epoch
        WHERE excluded.epoch >= index_token.epoch
        """;

    private const string GroupHeight =
        """
        WITH RECURSIVE below (id, depth) AS (
            SELECT @group, 0
            UNION
            SELECT n.id, b.depth + 1
            FROM below b CROSS JOIN index_namespace n INDEXED BY index_namespace_by_parent
                ON n.kind = 1 AND n.parent_id = b.id AND n.deleted = 0
            WHERE b.depth < @max
        )
        SELECT max(depth) FROM below
        """;

    private const string ForJobs =
        $"""
        SELECT id FROM index_token INDEXED BY index_token_for_jobs
        WHERE deleted = 0 AND revoked = 0 AND name = '{DeployTokenVariables.Name}'
            AND holder_kind = @holderKind AND holder_id = @holder AND expires_at > @activeAt
        ORDER BY id LIMIT @limit
        """;

    /// <summary>What a row of the index adds to a transaction, in bytes, with its entries in all indexes.</summary>
    private const int RowBytes = 1024;

    /// <inheritdoc/>
    public async Task UpsertAsync(NamespaceRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        await database.Writer.WriteAsync(
            session => session.Execute(
                UpsertNamespace,
                ("@kind", IndexStatement.KindOf(row)),
                ("@id", row.Id),
                ("@parent", row.ParentId),
                ("@slug", row.Slug),
                ("@slugFolded", GridIndexRules.Fold(row.Slug)),
                ("@name", row.Name),
                ("@nameFolded", GridIndexRules.Fold(row.Name)),
                ("@visibility", row.Visibility),
                ("@archived", row.Archived),
                ("@created", row.CreatedAt.UtcTicks),
                ("@deleted", row.Deleted),
                ("@epoch", row.Epoch)),
            RowBytes,
            ct);
    }

    /// <inheritdoc/>
    public async Task UpsertAsync(TokenRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        await database.Writer.WriteAsync(
            session => session.Execute(
                UpsertToken,
                ("@id", row.Id),
                ("@holderKind", (long)row.HolderKind),
                ("@holder", row.HolderId),
                ("@name", row.Name),
                ("@username", row.Username),
                ("@scopes", row.Scopes),
                ("@created", row.CreatedAt.UtcTicks),
                ("@expires", row.ExpiresAt?.UtcTicks ?? long.MaxValue),
                ("@revoked", row.Revoked),
                ("@deleted", row.Deleted),
                ("@epoch", row.Epoch)),
            RowBytes,
            ct);
    }

    /// <inheritdoc/>
    public Task<IndexPage> FindAsync(NamespaceQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return FindAsync(IndexStatement.For(query), query.Limit, ct);
    }

    /// <inheritdoc/>
    public Task<IndexPage> FindAsync(TokenQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return FindAsync(IndexStatement.For(query), query.Limit, ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> FindForJobsAsync(
        NamespaceId holder, DateTimeOffset activeAt, int limit, CancellationToken ct = default) => QueryAsync<(string, object?)[], IReadOnlyList<long>>(
        static (session, parameters) => Ids(session, ForJobs, parameters),
        [("@holderKind", (long)holder.Kind), ("@holder", holder.Value), ("@activeAt", activeAt.UtcTicks), ("@limit", (long)limit)],
        ct);

    /// <inheritdoc/>
    public Task<int> GroupHeightAsync(long groupId, CancellationToken ct = default) => QueryAsync(
        static (session, group) =>
            (int)session.Integer(GroupHeight, ("@group", group), ("@max", (long)GridIndexRules.MaxGroupHeight))!.Value,
        groupId,
        ct);

    private Task<IndexPage> FindAsync(IndexStatement statement, int limit, CancellationToken ct) => QueryAsync(
        static (session, ask) =>
        {
            // One snapshot for both, so that a page and its total never contradict each other.
            session.Execute("BEGIN");
            var page = new IndexPage(
                ask.limit == 0 ? [] : Ids(session, ask.statement.Page, ask.statement.PageParameters),
                session.Integer(ask.statement.Count, ask.statement.CountParameters)!.Value);
            session.Execute("COMMIT");
            return page;
        },
        (statement, limit),
        ct);

    private static List<long> Ids(SqliteSession session, string sql, (string Name, object? Value)[] parameters)
    {
        using var rows = session.Command(sql, parameters).ExecuteReader();
        var ids = new List<long>();
        while (rows.Read())
        {
            ids.Add(rows.GetInt64(0));
        }

        return ids;
    }

    /// <summary>Runs a query, which may take long, apart from the caller's turn, and stops it in the middle when it is cancelled.</summary>
    private Task<T> QueryAsync<TArgument, T>(Func<SqliteSession, TArgument, T> query, TArgument argument, CancellationToken ct) => Task.Run(
        () => database.IndexReaders.ReadAsync(
            (session, value) =>
            {
                session.StopWhen(ct);
                try
                {
                    return query(session, value);
                }
                catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
                {
                    throw new OperationCanceledException("The query was cancelled.", e, ct);
                }
                finally
                {
                    session.StopWhen(CancellationToken.None);
                }
            },
            argument,
            ct),
        ct);
}
