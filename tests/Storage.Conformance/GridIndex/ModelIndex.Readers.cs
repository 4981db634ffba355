using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Storage.Conformance.GridIndex;

internal sealed partial class ModelIndex
{
    private readonly Dictionary<(NamespaceKind, long, long), MemberRow> _members = [];

    public void Upsert(MemberRow row)
    {
        if (!_members.TryGetValue((row.Kind, row.Id, row.OperatorId), out var stored) || row.Epoch >= stored.Epoch)
        {
            _members[(row.Kind, row.Id, row.OperatorId)] = row;
        }
    }

    private bool IsVisible(NamespaceRow row, IndexReader reader, NamespaceQuery query)
    {
        if (query is { ParentId: { } parent, SubtreeOf: null })
        {
            return IsMember(row.Kind, row.Id, reader)
                || (row.ParentId == parent && (reader.IsMemberAbove || row.Visibility >= reader.Visibility));
        }

        return IsVisible(row, reader, query.SubtreeOf, []);
    }

    /// <summary>From the bottom up: a member of it or of what is above; or visible enough all the way.</summary>
    private bool IsVisible(NamespaceRow row, IndexReader reader, long? top, HashSet<long> passed)
    {
        if (IsMember(row.Kind, row.Id, reader))
        {
            return true;
        }

        var group = Living.FirstOrDefault(g => g.Kind == NamespaceKind.Group && g.Id == row.ParentId);
        if (row.ParentId == top)
        {
            // The group that is asked about is taken as visible.
            return reader.IsMemberAbove || row.Visibility >= reader.Visibility || IsMemberOfLiving(row.ParentId, reader);
        }

        if (row.ParentId == 0)
        {
            return top is null && row.Kind == NamespaceKind.Group && row.Visibility >= reader.Visibility;
        }

        if (group is null || !passed.Add(group.Id))
        {
            return false;
        }

        return IsMemberAbove(group, reader, top, []) || (row.Visibility >= reader.Visibility && IsVisible(group, reader, top, passed));
    }

    /// <summary>What is known of members of a group that is gone counts for nothing.</summary>
    private bool IsMemberOfLiving(long group, IndexReader reader) =>
        Living.Any(g => g.Kind == NamespaceKind.Group && g.Id == group) && IsMember(NamespaceKind.Group, group, reader);

    private bool IsMemberAbove(NamespaceRow group, IndexReader reader, long? top, HashSet<long> passed)
    {
        if (IsMember(NamespaceKind.Group, group.Id, reader))
        {
            return true;
        }

        if (group.ParentId == top)
        {
            return reader.IsMemberAbove || IsMemberOfLiving(group.ParentId, reader);
        }

        return passed.Add(group.Id)
            && Living.FirstOrDefault(g => g.Kind == NamespaceKind.Group && g.Id == group.ParentId) is { } above
            && IsMemberAbove(above, reader, top, passed);
    }

    private bool IsMember(NamespaceKind kind, long id, IndexReader reader) =>
        _members.TryGetValue((kind, id, reader.OperatorId), out var member)
        && !member.Deleted && member.Level >= reader.Level && (member.ExpiresAt is not { } end || reader.Now < end);
}
