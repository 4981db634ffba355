using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>
/// Grain state in the embedded database. The ETag is the version of the record, counted from 1. A clear removes the data and keeps the
/// version (what Orleans' own providers call DeleteStateOnClear = false): a cleared record still has an ETag, must be written with it,
/// and no ETag of a record is ever given out twice.
/// </summary>
internal sealed class SqliteGrainStorage(
    SqliteDatabase database, IOptions<SqliteStorageOptions> options, IActivatorProvider activators) : IGrainStorage, IRecordVersions
{
    private const string Select = "SELECT version, checksum, data FROM grain_state WHERE grain = @grain AND name = @name";

    private const string SelectVersion = "SELECT version FROM grain_state WHERE grain = @grain AND name = @name";

    private const string Insert =
        "INSERT INTO grain_state (grain, name, version, checksum, data) VALUES (@grain, @name, 1, @checksum, @data) ON CONFLICT DO NOTHING";

    private const string Update =
        "UPDATE grain_state SET version = version + 1, checksum = @checksum, data = @data "
        + "WHERE grain = @grain AND name = @name AND version = @version";

    /// <summary>The version that stands for "there is no record".</summary>
    private const long None = 0;

    private readonly IGrainStorageSerializer _serializer = options.Value.GrainStorageSerializer;
    private readonly int _maxStateBytes = options.Value.MaxStateBytes;

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="UnreadableStateException">There is a record, and it cannot be read.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var record = new RecordId(grainId, stateName);
        var stored = await ReadAsync(record, cancellationToken);
        var state = stored.Data is null ? activators.GetActivator<T>().Create() : Deserialize<T>(record, stored);
        grainState.State = state;
        grainState.ETag = ETagOf(stored.Version);
        grainState.RecordExists = stored.Data is not null;
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">The stored record is not the one that the ETag names.</exception>
    /// <exception cref="StorageWriteException">The write failed; the exception says what is known about it.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var record = new RecordId(grainId, stateName);
        var data = Serialize(record, grainState.State);
        var expected = VersionOf(grainState.ETag);
        var saved = await database.Writer.WriteAsync(session => Save(session, record, expected, data), data.Length, cancellationToken);
        grainState.ETag = saved.NewETagOrThrow(record, grainState.ETag, "write");
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">The stored record is not the one that the ETag names.</exception>
    /// <exception cref="StorageWriteException">The write failed; the exception says what is known about it.</exception>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var record = new RecordId(grainId, stateName);
        var expected = VersionOf(grainState.ETag);
        var saved = await database.Writer.WriteAsync(session => Save(session, record, expected, data: null), 0, cancellationToken);
        grainState.ETag = saved.NewETagOrThrow(record, grainState.ETag, "clear");
        grainState.State = activators.GetActivator<T>().Create();
        grainState.RecordExists = false;
    }

    /// <inheritdoc/>
    /// <exception cref="UnreadableStateException">The database could not be read.</exception>
    public async ValueTask<IReadOnlyList<string?>> ReadVersionsAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellation)
    {
        try
        {
            return await database.Readers.ReadAsync(ReadVersions, records, cancellation);
        }
        catch (SqliteException e)
        {
            throw new UnreadableStateException($"The versions of {records.Count} records could not be read: {e.Message}", e);
        }
    }

    private static string?[] ReadVersions(SqliteSession session, IReadOnlyList<StoredRecord> records)
    {
        var versions = new string?[records.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            versions[i] = ETagOf(StoredVersion(session, new RecordId(records[i].Grain, records[i].StateName)));
        }

        return versions;
    }

    /// <summary>One statement changes the record, and only if its version is the expected one; data is null for a clear.</summary>
    private static Saved Save(SqliteSession session, RecordId record, long expected, byte[]? data)
    {
        if (expected == None && data is null)
        {
            // To clear what was never written is no change; to clear what somebody else has written is a conflict.
            var found = StoredVersion(session, record);
            return new Saved(found == None, found);
        }

        var checksum = data is null ? (object?)null : ChecksumOf(data);
        var changed = expected == None
            ? session.Execute(Insert, ("@grain", record.Grain), ("@name", record.Name), ("@checksum", checksum), ("@data", data))
            : session.Execute(
                Update, ("@grain", record.Grain), ("@name", record.Name), ("@checksum", checksum), ("@data", data), ("@version", expected));
        return changed == 1 ? new Saved(true, expected + 1) : new Saved(false, StoredVersion(session, record));
    }

    private static long StoredVersion(SqliteSession session, RecordId record) =>
        session.Integer(SelectVersion, ("@grain", record.Grain), ("@name", record.Name)) ?? None;

    private async Task<Stored> ReadAsync(RecordId record, CancellationToken cancellationToken)
    {
        try
        {
            return await database.Readers.ReadAsync(ReadRow, record, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new UnreadableStateException($"{record} could not be read from the database: {e.Message}", e);
        }
    }

    private static Stored ReadRow(SqliteSession session, RecordId record)
    {
        using var row = session.Command(Select, ("@grain", record.Grain), ("@name", record.Name)).ExecuteReader();
        return !row.Read() ? new Stored(None, 0, null)
            : row.IsDBNull(2) ? new Stored(row.GetInt64(0), 0, null)
            : new Stored(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), row.GetFieldValue<byte[]>(2));
    }

    private byte[] Serialize<T>(RecordId record, T state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var data = BytesOf(_serializer.Serialize(state));
        return data.Length <= _maxStateBytes
            ? data
            : throw new StorageWriteException(
                WriteOutcome.NotWritten, $"{record} is {data.Length} bytes long; records have at most {_maxStateBytes}.");
    }

    private T Deserialize<T>(RecordId record, Stored stored)
    {
        if (stored.Checksum != ChecksumOf(stored.Data!))
        {
            throw new UnreadableStateException($"{record} is damaged: its {stored.Data!.Length} bytes are not the ones that were written.");
        }

        T? state;
        try
        {
            state = _serializer.Deserialize<T>(BinaryData.FromBytes(stored.Data!));
        }
        catch (Exception e)
        {
            throw new UnreadableStateException($"{record} cannot be read as {typeof(T)}: {e.Message}", e);
        }

        return state ?? throw new UnreadableStateException($"{record} holds no {typeof(T)}.");
    }

    /// <summary>The array inside, where it is exactly the data.</summary>
    private static byte[] BytesOf(BinaryData data) =>
        MemoryMarshal.TryGetArray(data.ToMemory(), out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : data.ToArray();

    private static long ChecksumOf(byte[] data) => unchecked((long)XxHash3.HashToUInt64(data));

    private static string? ETagOf(long version) => version == None ? null : version.ToString(CultureInfo.InvariantCulture);

    /// <summary>An ETag that is not one of ours, in the very form that we give out, matches no version.</summary>
    private static long VersionOf(string? etag) =>
        string.IsNullOrEmpty(etag) ? None
        : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && ETagOf(version) == etag ? version
        : -1;

    /// <summary>The record as it is stored; version <see cref="None"/> if there is none, no data if it was cleared.</summary>
    private readonly record struct Stored(long Version, long? Checksum, byte[]? Data);

    /// <summary>Whether the record was saved, and the version that it now has.</summary>
    private readonly record struct Saved(bool IsSaved, long Version)
    {
        public string? NewETagOrThrow(RecordId record, string? etag, string operation) =>
            IsSaved
                ? ETagOf(Version)
                : throw new InconsistentStateException(
                    $"{record} changed since it was read: {operation} with ETag '{etag}' refused.", ETagOf(Version), etag);
    }

    /// <summary>Which record, in the form of its keys, and how to name it to people.</summary>
    private readonly struct RecordId(GrainId grainId, string stateName)
    {
        public string Grain { get; } = RecordKey.OfGrain(grainId);

        public string Name { get; } = RecordKey.OfState(stateName);

        public override string ToString() => $"The state '{Name}' of grain {Grain}";
    }
}
