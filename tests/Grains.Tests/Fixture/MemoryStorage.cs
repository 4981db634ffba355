using System.Globalization;
using System.Text;
using System.Text.Json;
using Orleans.Storage;
using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>
/// Grain storage that outlives silos and keeps bytes, as a real one does: a state that cannot be written as JSON and read again
/// does not come back. Checks etags.
/// </summary>
public sealed class MemoryStorage(Faults faults) : IGrainStorage, IRecordVersions
{
    private static readonly JsonSerializerOptions Json = GrainStates.CreateJsonOptions();

    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, (byte[] Payload, string ETag)> _records = [];
    private long _version;

    /// <summary>All that is stored of grains of a type, as text.</summary>
    public IReadOnlyList<string> Payloads(string grainType)
    {
        lock (_lock)
        {
            return [.. _records.Where(r => r.Key.Type.ToString() == grainType).Select(static r => Encoding.UTF8.GetString(r.Value.Payload))];
        }
    }

    /// <summary>What is stored of one grain, as text; null where nothing is.</summary>
    public string? Payload(GrainId grain)
    {
        lock (_lock)
        {
            return _records.TryGetValue(grain, out var record) ? Encoding.UTF8.GetString(record.Payload) : null;
        }
    }

    /// <summary>Puts something else in a record's place, as a fault of a disk or an operator would.</summary>
    public void Overwrite(GrainId grain, string payload)
    {
        lock (_lock)
        {
            _records[grain] = (Encoding.UTF8.GetBytes(payload), NextETag());
        }
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        faults.RunAsync(StepKind.ReadState, grainId.Type.ToString()!, () => Read(grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json);
        return faults.RunAsync(StepKind.WriteState, grainId.Type.ToString()!, () => Write(grainId, grainState, payload));
    }

    /// <summary>Whether versions cannot be read.</summary>
    public bool VersionsFail { get; set; }

    public ValueTask<IReadOnlyList<string?>> ReadVersionsAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellation)
    {
        if (VersionsFail)
        {
            throw new InjectedFaultException();
        }

        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<string?>>(
                [.. records.Select(r => _records.TryGetValue(r.Grain, out var record) ? record.ETag : null)]);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("No grain clears its state.");

    private bool Read<T>(GrainId grain, IGrainState<T> into)
    {
        lock (_lock)
        {
            if (!_records.TryGetValue(grain, out var record))
            {
                return false;
            }

            into.State = JsonSerializer.Deserialize<T>(record.Payload, Json)!;
            (into.ETag, into.RecordExists) = (record.ETag, true);
            return true;
        }
    }

    private bool Write<T>(GrainId grain, IGrainState<T> state, byte[] payload)
    {
        lock (_lock)
        {
            var stored = _records.TryGetValue(grain, out var record) ? record.ETag : null;
            if (state.ETag != stored)
            {
                throw new InconsistentStateException("The record has another version.", stored, state.ETag);
            }

            var etag = NextETag();
            _records[grain] = (payload, etag);
            (state.ETag, state.RecordExists) = (etag, true);
            return true;
        }
    }

    private string NextETag() => (++_version).ToString(CultureInfo.InvariantCulture);
}
