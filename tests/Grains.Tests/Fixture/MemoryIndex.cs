using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>The index, in memory, as its interface says and no faster than that takes.</summary>
public sealed partial class MemoryIndex(Faults faults) : IGridIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(NamespaceKind, long), NamespaceRow> _namespaces = [];
    private readonly Dictionary<long, TokenRow> _tokens = [];

    /// <summary>The row of a node, as it is now.</summary>
    public NamespaceRow? Row(NamespaceId id)
    {
        lock (_lock)
        {
            return _namespaces.GetValueOrDefault((id.Kind, id.Value));
        }
    }

    /// <summary>The row of a token, as it is now.</summary>
    public TokenRow? Row(TokenId id)
    {
        lock (_lock)
        {
            return _tokens.GetValueOrDefault(id.Value);
        }
    }

    public Task UpsertAsync(NamespaceRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        return RunAsync(StepKind.WriteIndex, "namespaces", () => Upsert(_namespaces, (row.Kind, row.Id), row, static r => r.Epoch));
    }

    public Task UpsertAsync(TokenRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        return RunAsync(StepKind.WriteIndex, "tokens", () => Upsert(_tokens, row.Id, row, static r => r.Epoch));
    }

    public Task<IndexPage> FindAsync(NamespaceQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return RunAsync(StepKind.ReadIndex, "namespaces", () =>
        {
            var found = _namespaces.Values.Where(r => !r.Deleted && Fits(r, query)).OrderBy(static r => r, Order(query.Sort)).Select(static r => r.Id);
            return Page([.. query.Descending ? found.Reverse() : found], query.Offset, query.Limit);
        });
    }

    public Task<IndexPage> FindAsync(TokenQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return RunAsync(StepKind.ReadIndex, "tokens", () =>
        {
            var found = _tokens.Values.Where(r => !r.Deleted && Fits(r, query)).Select(static r => r.Id).Order();
            return Page([.. query.Descending ? found.Reverse() : found], query.Offset, query.Limit);
        });
    }

    public Task<IReadOnlyList<long>> FindForJobsAsync(
        NamespaceId holder, DateTimeOffset activeAt, int limit, CancellationToken ct = default) =>
        RunAsync<IReadOnlyList<long>>(StepKind.ReadIndex, "tokens", () =>
        [
            .. _tokens.Values
                .Where(r => !r.Deleted && r.Name == DeployTokenVariables.Name)
                .Where(r => Fits(r, new TokenQuery(holder.Kind, holder.Value, activeAt, false, 0, 0)))
                .Select(static r => r.Id).Order().Take(limit),
        ]);

    public Task<int> GroupHeightAsync(long groupId, CancellationToken ct = default) =>
        RunAsync(StepKind.ReadIndex, "heights", () => Height(groupId, 0));

    private static bool Upsert<TKey, TRow>(Dictionary<TKey, TRow> rows, TKey key, TRow row, Func<TRow, long> epoch)
        where TKey : notnull
    {
        if (rows.TryGetValue(key, out var stored) && epoch(stored) > epoch(row))
        {
            return false;
        }

        rows[key] = row;
        return true;
    }

    private static bool Fits(TokenRow row, TokenQuery query) =>
        (query.HolderKind is null || row.HolderKind == query.HolderKind)
        && (query.HolderId is null || row.HolderId == query.HolderId)
        && (query.ActiveAt is not { } at || (!row.Revoked && (row.ExpiresAt is not { } end || at < end)));

    private bool Fits(NamespaceRow row, NamespaceQuery query) =>
        row.Kind == query.Kind
        && !row.Personal
        && (query.Reader is not { } reader || IsVisible(row, reader, query.SubtreeOf ?? query.ParentId))
        && (query.ParentId is null || row.ParentId == query.ParentId)
        && (query.SubtreeOf is not { } top || IsBelow(row, top))
        && (query.Visibility is not { } own || row.Visibility == own)
        && (query.Archived is not { } archived || row.Archived == archived)
        && (query.Search is not { } text || Contains(row.Name, text) || Contains(row.Slug, text));

    private bool IsBelow(NamespaceRow row, long top)
    {
        for (var (at, steps) = (row, 0); steps <= GridIndexRules.MaxGroupHeight; steps++)
        {
            if (!_namespaces.TryGetValue((NamespaceKind.Group, at.ParentId), out var parent) || parent.Deleted)
            {
                return false;
            }

            if (parent.Id == top)
            {
                return true;
            }

            at = parent;
        }

        return false;
    }

    private int Height(long group, int steps) => steps >= GridIndexRules.MaxGroupHeight
        ? 0
        : _namespaces.Values
            .Where(r => r.Kind == NamespaceKind.Group && !r.Deleted && r.ParentId == group)
            .Select(r => 1 + Height(r.Id, steps + 1))
            .DefaultIfEmpty(0)
            .Max();

    private static bool Contains(string text, string part) =>
        GridIndexRules.Fold(text).Contains(GridIndexRules.Fold(part), StringComparison.Ordinal);

    private static Comparer<NamespaceRow> Order(NamespaceSort sort) => Comparer<NamespaceRow>.Create((a, b) =>
    {
        var first = sort switch
        {
            NamespaceSort.Name => string.CompareOrdinal(GridIndexRules.Fold(a.Name), GridIndexRules.Fold(b.Name)),
            NamespaceSort.Path => string.CompareOrdinal(GridIndexRules.Fold(a.Slug), GridIndexRules.Fold(b.Slug)),
            NamespaceSort.CreatedAt => a.CreatedAt.CompareTo(b.CreatedAt),
            _ => 0,
        };
        return first != 0 ? first : a.Id.CompareTo(b.Id);
    });

    private static IndexPage Page(IReadOnlyList<long> all, int offset, int limit) => new([.. all.Skip(offset).Take(limit)], all.Count);

    private Task<T> RunAsync<T>(StepKind kind, string table, Func<T> apply) => faults.RunAsync(kind, table, () =>
    {
        lock (_lock)
        {
            return apply();
        }
    });
}
