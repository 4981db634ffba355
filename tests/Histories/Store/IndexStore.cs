using System.Text.Json;
using OrleansTokens.Grains.Index;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Histories.Store;

/// <summary>As much of the index as making, moving, changing and deleting groups, projects and tokens needs.</summary>
internal sealed class IndexStore
{
    public const string Upsert = "upsert";
    public const string Find = "find";
    public const string Height = "height";

    private readonly Dictionary<(NamespaceKind, long), NamespaceRow> _rows = [];
    private readonly Dictionary<long, HashSet<(NamespaceKind, long)>> _below = [];

    public JsonElement Run(IndexCall call) => call.Method switch
    {
        Upsert => Json(UpsertRow(JsonSerializer.Deserialize<NamespaceRow>(call.Argument)!)),
        Find => Json(FindRows(JsonSerializer.Deserialize<NamespaceQuery>(call.Argument)!)),
        Height => Json(HeightOf(JsonSerializer.Deserialize<long>(call.Argument), 0)),
        _ => throw new PeerException($"The index has no {call.Method}."),
    };

    private static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value);

    private bool UpsertRow(NamespaceRow row)
    {
        var key = (row.Kind, row.Id);
        if (_rows.TryGetValue(key, out var stored))
        {
            if (stored.Epoch > row.Epoch)
            {
                return false;
            }

            _below[stored.ParentId].Remove(key);
        }

        _rows[key] = row;
        Below(row.ParentId).Add(key);
        return true;
    }

    /// <summary>What lies directly below a group, by id. Nobody here is a member of anything.</summary>
    private IndexPage FindRows(NamespaceQuery query)
    {
        if (query.ParentId is not { } parent || query is { SubtreeOf: not null } or { Search: not null })
        {
            throw new PeerException("The index finds only what lies directly below a group.");
        }

        var found = Below(parent)
            .Where(key => key.Item1 == query.Kind)
            .Select(key => _rows[key])
            .Where(row => !row.Deleted && (query.Reader?.Visibility is not { } least || row.Visibility >= least))
            .Select(static row => row.Id)
            .Order()
            .ToList();
        return new IndexPage([.. found.Skip(query.Offset).Take(query.Limit)], found.Count);
    }

    private int HeightOf(long group, int steps) => steps >= GridIndexRules.MaxGroupHeight
        ? steps
        : Below(group)
            .Where(key => key.Item1 == NamespaceKind.Group && !_rows[key].Deleted)
            .Select(key => 1 + HeightOf(key.Item2, steps + 1))
            .DefaultIfEmpty(0)
            .Max();

    private HashSet<(NamespaceKind, long)> Below(long group)
    {
        if (!_below.TryGetValue(group, out var below))
        {
            _below[group] = below = [];
        }

        return below;
    }
}
