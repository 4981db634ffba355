using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Storage.Conformance.GridIndex;

/// <summary>The index as simply as it can be said: lists, and no thought of speed.</summary>
internal sealed partial class ModelIndex(long baseEpoch)
{
    private readonly Dictionary<(NamespaceKind, long), NamespaceRow> _namespaces = [];
    private readonly Dictionary<long, TokenRow> _tokens = [];

    public long BaseEpoch { get; } = baseEpoch;

    private IEnumerable<NamespaceRow> Living => _namespaces.Values.Where(row => !row.Deleted);

    public void Upsert(NamespaceRow row)
    {
        if (!_namespaces.TryGetValue((row.Kind, row.Id), out var stored) || row.Epoch >= stored.Epoch)
        {
            _namespaces[(row.Kind, row.Id)] = row;
        }
    }

    public void Upsert(TokenRow row)
    {
        if (!_tokens.TryGetValue(row.Id, out var stored) || row.Epoch >= stored.Epoch)
        {
            _tokens[row.Id] = row;
        }
    }

    public IndexPage Find(NamespaceQuery query)
    {
        var found = Living.Where(row =>
            row.Kind == query.Kind
            && !row.Personal
            && (query.Reader is not { } reader || IsVisible(row, reader, query))
            && (query.ParentId is null || row.ParentId == query.ParentId)
            && (query.SubtreeOf is not { } top || IsBelow(row, top))
            && (query.Visibility is not { } own || row.Visibility == own)
            && (query.Archived is not { } archived || row.Archived == archived)
            && (query.Search is not { } search || Contains(row.Name, search) || Contains(row.Slug, search)));
        var sorted = query.Sort switch
        {
            NamespaceSort.Name => found.OrderBy(row => row.Name.ToLowerInvariant(), StringComparer.Ordinal).ThenBy(row => row.Id),
            NamespaceSort.Path => found.OrderBy(row => row.Slug.ToLowerInvariant(), StringComparer.Ordinal).ThenBy(row => row.Id),
            NamespaceSort.CreatedAt => found.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id),
            _ => found.OrderBy(row => row.Id),
        };
        return Page(sorted.Select(row => row.Id), query.Descending, query.Offset, query.Limit);
    }

    public IndexPage Find(TokenQuery query) => Page(
        _tokens.Values.Where(row =>
            !row.Deleted
            && (query.HolderKind is null || row.HolderKind == query.HolderKind)
            && (query.HolderId is null || row.HolderId == query.HolderId)
            && (query.ActiveAt is not { } now || (!row.Revoked && (row.ExpiresAt is not { } expires || now < expires))))
            .Select(row => row.Id).Order(),
        query.Descending,
        query.Offset,
        query.Limit);

    public int GroupHeight(long group)
    {
        var level = new HashSet<long> { group };
        for (var height = 0; height < GridIndexRules.MaxGroupHeight; height++)
        {
            level = [.. Living.Where(row => row.Kind == NamespaceKind.Group && level.Contains(row.ParentId)).Select(row => row.Id)];
            if (level.Count == 0)
            {
                return height;
            }
        }

        return GridIndexRules.MaxGroupHeight;
    }

    private bool IsBelow(NamespaceRow row, long top)
    {
        if (row.Kind == NamespaceKind.Group && row.Id == top)
        {
            return false;
        }

        var passed = new HashSet<long>();
        for (var parent = row.ParentId; parent != top; parent = _namespaces[(NamespaceKind.Group, parent)].ParentId)
        {
            if (!passed.Add(parent) || !Living.Any(group => group.Kind == NamespaceKind.Group && group.Id == parent))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Contains(string text, string search) => text.Contains(search, StringComparison.OrdinalIgnoreCase);

    private static IndexPage Page(IEnumerable<long> ascending, bool descending, int offset, int limit)
    {
        List<long> all = [.. descending ? ascending.Reverse() : ascending];
        return new IndexPage([.. all.Skip(offset).Take(limit)], all.Count);
    }
}
