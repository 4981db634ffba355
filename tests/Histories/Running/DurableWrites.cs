using System.Text.Json;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Store;

namespace OrleansTokens.Histories.Running;

/// <summary>Knows by which write an operation becomes durable.</summary>
internal static class DurableWrites
{
    /// <summary>Looks out for it from now on; null where the operation is not one write of its target.</summary>
    public static DurableWatch? Watch(GridStore store, Operation operation, HistoryIds ids)
    {
        Func<JsonElement, bool>? takes = operation.Kind switch
        {
            OperationKind.Revoke => static state => state.TryGetProperty("revocation", out _),
            OperationKind.RevokeAll => static state => state.TryGetProperty("token_revocations", out var all) && all.GetArrayLength() > 0,
            OperationKind.Destroy => static state => state.TryGetProperty("destroyed_at", out _),
            OperationKind.Delete => static state => state.TryGetProperty("deleted_at", out _),
            OperationKind.Archive => static state => state.TryGetProperty("archived", out _),
            OperationKind.Unarchive => static state => !state.TryGetProperty("archived", out _),
            OperationKind.ChangeVisibility => state => Number(state, "visibility") == (int)operation.Visibility,
            OperationKind.Transfer => state => Number(state, "parent") == ids.Node(operation.Parent!).Value,
            _ => null,
        };
        return takes is null ? null : store.Watch(ids.Grain(operation.Target), takes);
    }

    /// <summary>What is not stored is zero.</summary>
    private static long Number(JsonElement state, string name) => state.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}
