using OrleansTokens.Grains.Index;

namespace OrleansTokens.Silo.Storage.Sqlite;

internal sealed partial class SqliteGridIndex
{
    private const string UpsertOperator =
        """
        INSERT INTO index_operator (id, username_folded, name_folded, email_folded, administrator, blocked, deleted, epoch)
        VALUES (@id, @username, @name, @email, @administrator, @blocked, @deleted, @epoch)
        ON CONFLICT DO UPDATE SET
            username_folded = excluded.username_folded, name_folded = excluded.name_folded, email_folded = excluded.email_folded,
            administrator = excluded.administrator, blocked = excluded.blocked, deleted = excluded.deleted, epoch = excluded.epoch
        WHERE excluded.epoch >= index_operator.epoch
        """;

    private const string UpsertOperatorToken =
        """
        INSERT INTO index_operator_token (id, operator_id, name_folded, expires_at, revoked, deleted, epoch)
        VALUES (@id, @operator, @name, @expires, @revoked, @deleted, @epoch)
        ON CONFLICT DO UPDATE SET
            operator_id = excluded.operator_id, name_folded = excluded.name_folded, expires_at = excluded.expires_at,
            revoked = excluded.revoked, deleted = excluded.deleted, epoch = excluded.epoch
        WHERE excluded.epoch >= index_operator_token.epoch
        """;

    private const string UpsertMember =
        """
        INSERT INTO index_member (operator_id, kind, id, level, expires_at, deleted, epoch)
        VALUES (@operator, @kind, @id, @level, @expires, @deleted, @epoch)
        ON CONFLICT DO UPDATE SET
            level = excluded.level, expires_at = excluded.expires_at, deleted = excluded.deleted, epoch = excluded.epoch
        WHERE excluded.epoch >= index_member.epoch
        """;

    /// <inheritdoc/>
    public async Task UpsertAsync(OperatorRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        await database.Writer.WriteAsync(
            session => session.Execute(
                UpsertOperator,
                ("@id", row.Id),
                ("@username", GridIndexRules.Fold(row.Username)),
                ("@name", GridIndexRules.Fold(row.Name)),
                ("@email", GridIndexRules.Fold(row.Email)),
                ("@administrator", row.Administrator),
                ("@blocked", row.Blocked),
                ("@deleted", row.Deleted),
                ("@epoch", row.Epoch)),
            RowBytes,
            ct);
    }

    /// <inheritdoc/>
    public async Task UpsertAsync(OperatorTokenRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        await database.Writer.WriteAsync(
            session => session.Execute(
                UpsertOperatorToken,
                ("@id", row.Id),
                ("@operator", row.OperatorId),
                ("@name", GridIndexRules.Fold(row.Name)),
                ("@expires", row.ExpiresAt?.UtcTicks ?? long.MaxValue),
                ("@revoked", row.Revoked),
                ("@deleted", row.Deleted),
                ("@epoch", row.Epoch)),
            RowBytes,
            ct);
    }

    /// <inheritdoc/>
    public async Task UpsertAsync(MemberRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        await database.Writer.WriteAsync(
            session => session.Execute(
                UpsertMember,
                ("@operator", row.OperatorId),
                ("@kind", (long)row.Kind),
                ("@id", row.Id),
                ("@level", row.Level),
                ("@expires", row.ExpiresAt?.UtcTicks ?? long.MaxValue),
                ("@deleted", row.Deleted),
                ("@epoch", row.Epoch)),
            RowBytes,
            ct);
    }

    /// <inheritdoc/>
    public Task<IndexPage> FindAsync(OperatorQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return FindAsync(IndexStatement.For(query), query.Limit, ct);
    }

    /// <inheritdoc/>
    public Task<IndexPage> FindAsync(OperatorTokenQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return FindAsync(IndexStatement.For(query), query.Limit, ct);
    }

    /// <inheritdoc/>
    public Task<long?> FindTokenHolderAsync(long tokenId, CancellationToken ct = default) => QueryAsync(
        static (session, token) =>
            session.Integer("SELECT operator_id FROM index_operator_token WHERE id = @token AND deleted = 0", ("@token", token)),
        tokenId,
        ct);
}
