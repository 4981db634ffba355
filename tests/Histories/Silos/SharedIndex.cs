using System.Text.Json;
using OrleansTokens.Grains.Index;
using OrleansTokens.Histories.Store;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Histories.Silos;

/// <summary>The index that all silos share: of groups and projects only. Nobody asks it for tokens or operators here.</summary>
internal sealed class SharedIndex(StoreClient store) : IGridIndex
{
    public Task UpsertAsync(NamespaceRow row, CancellationToken ct = default) => RunAsync<NamespaceRow, bool>(IndexStore.Upsert, row, ct);

    public Task UpsertAsync(TokenRow row, CancellationToken ct = default) => Task.CompletedTask;

    public Task UpsertAsync(OperatorRow row, CancellationToken ct = default) => Task.CompletedTask;

    public Task UpsertAsync(OperatorTokenRow row, CancellationToken ct = default) => Task.CompletedTask;

    public Task UpsertAsync(MemberRow row, CancellationToken ct = default) => Task.CompletedTask;

    public Task<IndexPage> FindAsync(NamespaceQuery query, CancellationToken ct = default) =>
        RunAsync<NamespaceQuery, IndexPage>(IndexStore.Find, query, ct);

    public Task<IndexPage> FindAsync(TokenQuery query, CancellationToken ct = default) => throw NotKept();

    public Task<IndexPage> FindAsync(OperatorQuery query, CancellationToken ct = default) => throw NotKept();

    public Task<IndexPage> FindAsync(OperatorTokenQuery query, CancellationToken ct = default) => throw NotKept();

    public Task<long?> FindTokenHolderAsync(long tokenId, CancellationToken ct = default) => throw NotKept();

    public Task<IReadOnlyList<long>> FindForJobsAsync(
        NamespaceId holder, DateTimeOffset activeAt, int limit, CancellationToken ct = default) => throw NotKept();

    public Task<int> GroupHeightAsync(long groupId, CancellationToken ct = default) => RunAsync<long, int>(IndexStore.Height, groupId, ct);

    private static NotSupportedException NotKept() => new("Only groups and projects are kept in this index.");

    private async Task<TOut> RunAsync<TIn, TOut>(string method, TIn argument, CancellationToken cancellation)
    {
        var call = new IndexCall(method, JsonSerializer.Serialize(argument));
        var answer = await store.CallAsync<IndexCall, JsonElement>(Operations.Index, call, cancellation);
        return answer.Deserialize<TOut>()!;
    }
}
