using System.Text.Json;
using Orleans.Storage;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Silos;

/// <summary>Grain state in the storage that all silos share.</summary>
internal sealed class SharedGrainStorage(StoreClient store) : IGrainStorage, IRecordVersions
{
    private static readonly JsonSerializerOptions Json = GrainStates.CreateJsonOptions();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var stored = await store.CallAsync<RecordName, RecordValue>(
            Operations.ReadRecord, new RecordName(grainId.ToString(), stateName), cancellationToken);
        grainState.State = stored.Data is { } data ? JsonSerializer.Deserialize<T>(data, Json)! : Activator.CreateInstance<T>();
        (grainState.ETag, grainState.RecordExists) = (stored.ETag, stored.Data is not null);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        await WriteAsync(stateName, grainId, grainState, JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json), cancellationToken);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        await WriteAsync(stateName, grainId, grainState, null, cancellationToken);
        (grainState.State, grainState.RecordExists) = (Activator.CreateInstance<T>(), false);
    }

    public async ValueTask<IReadOnlyList<string?>> ReadVersionsAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellation) =>
        await store.CallAsync<RecordName[], string?[]>(
            Operations.ReadVersions, [.. records.Select(static r => new RecordName(r.Grain.ToString(), r.StateName))], cancellation);

    private async Task WriteAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, byte[]? data, CancellationToken cancellation)
    {
        var answer = await store.CallAsync<RecordWrite, WriteAnswer>(
            Operations.WriteRecord, new RecordWrite(grainId.ToString(), stateName, grainState.ETag, data), cancellation);
        grainState.ETag = answer.Written
            ? answer.ETag
            : throw new InconsistentStateException("The record has another version.", answer.ETag, grainState.ETag);
    }
}
