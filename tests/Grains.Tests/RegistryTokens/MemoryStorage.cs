using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orleans.Storage;
using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>What happens to the next writes.</summary>
internal enum WriteOutcome
{
    Stored,
    Refused,
    StoredButNotSaid,
}

/// <summary>Grain storage that outlives silos, in the stored form of the product, and that fails on request.</summary>
internal sealed class MemoryStorage : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = GrainStates.CreateJsonOptions();

    private readonly ConcurrentDictionary<string, (int Version, string Text)> _records = new();

    /// <summary>What happens to writes of signing keys.</summary>
    public WriteOutcome SigningKeyWrites { get; set; }

    /// <summary>How many records of signing keys were stored.</summary>
    public int SigningKeyWritesStored { get; private set; }

    /// <summary>The stored record of the signing keys, as text; null where there is none.</summary>
    public string? SigningKeyRecord => _records.TryGetValue("keys/signing-keys/0", out var record) ? record.Text : null;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue(Key(stateName, grainId), out var record))
        {
            grainState.State = JsonSerializer.Deserialize<T>(record.Text, Json)!;
            grainState.ETag = record.Version.ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var isSigningKeys = stateName == "keys";
        if (isSigningKeys && SigningKeyWrites == WriteOutcome.Refused)
        {
            throw new IOException("The disk is full.");
        }

        var key = Key(stateName, grainId);
        var known = grainState.ETag is null ? 0 : int.Parse(grainState.ETag, CultureInfo.InvariantCulture);
        var stored = _records.TryGetValue(key, out var record) ? record.Version : 0;
        if (stored != known)
        {
            throw new InconsistentStateException($"{key}: version {stored}, expected {known}.");
        }

        _records[key] = (known + 1, Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json)));
        if (isSigningKeys)
        {
            SigningKeyWritesStored++;
            if (SigningKeyWrites == WriteOutcome.StoredButNotSaid)
            {
                throw new TimeoutException("The answer was lost.");
            }
        }

        grainState.ETag = (known + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private static string Key(string stateName, GrainId grainId) => $"{stateName}/{grainId}";
}
