using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Fixture;

public sealed partial class MemoryIndex
{
    private readonly Dictionary<long, OperatorRow> _operators = [];
    private readonly Dictionary<long, OperatorTokenRow> _operatorTokens = [];
    private readonly Dictionary<(NamespaceKind, long, long), MemberRow> _members = [];

    public Task UpsertAsync(OperatorRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        return RunAsync(StepKind.WriteIndex, "operators", () => Upsert(_operators, row.Id, row, static r => r.Epoch));
    }

    public Task UpsertAsync(OperatorTokenRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        return RunAsync(StepKind.WriteIndex, "operator-tokens", () => Upsert(_operatorTokens, row.Id, row, static r => r.Epoch));
    }

    public Task UpsertAsync(MemberRow row, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(row);
        return RunAsync(
            StepKind.WriteIndex, "members", () => Upsert(_members, (row.Kind, row.Id, row.OperatorId), row, static r => r.Epoch));
    }

    public Task<IndexPage> FindAsync(OperatorQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return RunAsync(StepKind.ReadIndex, "operators", () =>
        {
            var found = _operators.Values.Where(r => !r.Deleted && Fits(r, query)).Select(static r => r.Id).Order();
            return Page([.. query.Descending ? found.Reverse() : found], query.Offset, query.Limit);
        });
    }

    public Task<IndexPage> FindAsync(OperatorTokenQuery query, CancellationToken ct = default)
    {
        GridIndexRules.ThrowIfInvalid(query);
        return RunAsync(StepKind.ReadIndex, "operator-tokens", () =>
        {
            var found = _operatorTokens.Values.Where(r => !r.Deleted && Fits(r, query)).Select(static r => r.Id).Order();
            return Page([.. query.Descending ? found.Reverse() : found], query.Offset, query.Limit);
        });
    }

    public Task<long?> FindTokenHolderAsync(long tokenId, CancellationToken ct = default) => RunAsync(
        StepKind.ReadIndex, "operator-tokens", () => _operatorTokens.GetValueOrDefault(tokenId) is { Deleted: false } row ? row.OperatorId : (long?)null);

    private static bool Fits(OperatorRow row, OperatorQuery query) =>
        (query.Username is not { } username || GridIndexRules.Fold(username) == GridIndexRules.Fold(row.Username))
        && (query.Blocked is not { } blocked || row.Blocked == blocked)
        && (!query.AdministratorsOnly || row.Administrator)
        && (query.Search is not { } text || Contains(row.Name, text) || Contains(row.Username, text)
            || (query.SearchEmails && Contains(row.Email, text)));

    private static bool Fits(OperatorTokenRow row, OperatorTokenQuery query)
    {
        var isActive = !row.Revoked && (row.ExpiresAt is not { } end || query.Now < end);
        return (query.Active is not { } active || isActive == active)
            && (query.Revoked is not { } revoked || row.Revoked == revoked)
            && (query.Search is not { } text || Contains(row.Name, text));
    }

    private bool IsVisible(NamespaceRow row, IndexReader reader, long? top)
    {
        var isVisible = reader.Visibility is not null;
        for (var (at, steps) = (row, 0); steps <= GridIndexRules.MaxGroupHeight; steps++)
        {
            if (IsMember(at, reader))
            {
                return true;
            }

            isVisible &= at.Visibility >= reader.Visibility;
            if (at.ParentId == top && top != 0)
            {
                return isVisible || reader.IsMemberAbove;
            }

            if (at.ParentId == 0)
            {
                return isVisible;
            }

            if (!_namespaces.TryGetValue((NamespaceKind.Group, at.ParentId), out var parent) || parent.Deleted)
            {
                return false;
            }

            at = parent;
        }

        return false;
    }

    private bool IsMember(NamespaceRow row, IndexReader reader) =>
        _members.TryGetValue((row.Kind, row.Id, reader.OperatorId), out var member)
        && !member.Deleted && member.Level >= reader.Level && (member.ExpiresAt is not { } end || reader.Now < end);
}
