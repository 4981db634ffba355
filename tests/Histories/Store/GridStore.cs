using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Store;

/// <summary>Waits for the write that takes a right away, and says when it was durable.</summary>
internal sealed class DurableWatch(Func<JsonElement, bool> takes)
{
    private long _at;

    /// <summary>When the write was durable; null while it is not.</summary>
    public long? At => Interlocked.Read(ref _at) is var at && at != 0 ? at : null;

    internal void See(byte[]? data)
    {
        if (data is null || At is not null)
        {
            return;
        }

        using var state = JsonDocument.Parse(data);
        if (takes(state.RootElement))
        {
            Interlocked.CompareExchange(ref _at, Clock.Now, 0);
        }
    }
}

/// <summary>
/// The storage of all silos, in the memory of the coordinator. Each operation happens at one instant, so it is linearizable. Each silo has
/// the faults that were put on it, and no others.
/// </summary>
internal sealed class GridStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Grain, string State), (byte[]? Data, long Version)> _records = [];
    private readonly MemberStore _members = new();
    private readonly IndexStore _index = new();
    private readonly ConcurrentDictionary<string, DurableWatch[]> _watches = [];
    private readonly ConcurrentDictionary<(string Silo, int Fault), StorageFault> _faults = [];
    private int _lastFault;

    /// <summary>The membership table, as it is now.</summary>
    public MemberTable Members
    {
        get
        {
            lock (_lock)
            {
                return _members.Read();
            }
        }
    }

    /// <summary>Declares a silo dead, as another would; it is not told.</summary>
    public void DeclareDead(string name)
    {
        lock (_lock)
        {
            _members.DeclareDead(name);
        }
    }

    /// <summary>Looks at writes of a grain's record from now on.</summary>
    public DurableWatch Watch(string grain, Func<JsonElement, bool> takes)
    {
        var watch = new DurableWatch(takes);
        _watches.AddOrUpdate(grain, [watch], (_, others) => [.. others, watch]);
        return watch;
    }

    /// <summary>Puts a fault on the storage of a silo; says what takes it away again.</summary>
    public Action Inject(string silo, StorageFault fault)
    {
        var key = (silo, Interlocked.Increment(ref _lastFault));
        _faults[key] = fault;
        return () => _faults.TryRemove(key, out _);
    }

    /// <summary>Takes all faults away.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>Serves a silo.</summary>
    public void Serve(Peer peer, string silo)
    {
        peer.On<RecordName, RecordValue>(
            Operations.ReadRecord, name => RunAsync(silo, StorageAreas.Records, writes: false, () => Read(name)));
        peer.On<RecordWrite, WriteAnswer>(
            Operations.WriteRecord, write => RunAsync(silo, StorageAreas.Records, writes: true, () => Write(write)));
        peer.On<RecordName[], string?[]>(
            Operations.ReadVersions,
            names => RunAsync<string?[]>(silo, StorageAreas.Versions, writes: false, () => [.. names.Select(n => Read(n).ETag)]));
        peer.On<Nothing, MemberTable>(
            Operations.ReadMembers, _ => RunAsync(silo, StorageAreas.Membership, writes: false, _members.Read));
        peer.On<MemberWrite, bool>(
            Operations.WriteMember, write => RunAsync(silo, StorageAreas.Membership, writes: true, () => _members.Write(write)));
        peer.On<SiloRow, bool>(
            Operations.IAmAlive, row => RunAsync(silo, StorageAreas.Membership, writes: true, () => _members.IAmAlive(row)));
        peer.On<IndexCall, JsonElement>(
            Operations.Index,
            call => RunAsync(silo, StorageAreas.Index, call.Method == IndexStore.Upsert, () => _index.Run(call)));
    }

    private static string? ETag(long version) => version == 0 ? null : version.ToString(CultureInfo.InvariantCulture);

    private async ValueTask<T> RunAsync<T>(string silo, StorageAreas area, bool writes, Func<T> apply)
    {
        switch (FaultOf(silo, area, writes))
        {
            case { Kind: StorageFaultKind.Fails }:
                throw new PeerException("Injected: nothing was done.");
            case { Kind: StorageFaultKind.IsSlow } slow:
                await Clock.DelayAsync(slow.Delay);
                return Apply(apply);
            case { Kind: StorageFaultKind.AnswersReadsLate } late:
                var read = Apply(apply);
                await Clock.DelayAsync(late.Delay);
                return read;
            case { Kind: StorageFaultKind.AppliesAndIsSilent }:
                Apply(apply);
                return await NeverAsync<T>();
            case { Kind: StorageFaultKind.AppliesLate } late:
                await Clock.DelayAsync(late.Delay);
                Apply(apply);
                return await NeverAsync<T>();
            default:
                return Apply(apply);
        }
    }

    private StorageFault? FaultOf(string silo, StorageAreas area, bool writes) => _faults
        .Where(fault => fault.Key.Silo == silo && (fault.Value.Areas & area) != 0 && Concerns(fault.Value.Kind, writes))
        .OrderBy(static fault => fault.Key.Fault)
        .Select(static fault => fault.Value)
        .FirstOrDefault();

    private static bool Concerns(StorageFaultKind kind, bool writes) => kind switch
    {
        StorageFaultKind.AppliesAndIsSilent or StorageFaultKind.AppliesLate => writes,
        StorageFaultKind.AnswersReadsLate => !writes,
        _ => true,
    };

    private T Apply<T>(Func<T> apply)
    {
        lock (_lock)
        {
            return apply();
        }
    }

    private static Task<T> NeverAsync<T>() => new TaskCompletionSource<T>().Task;

    private RecordValue Read(RecordName name)
    {
        var (data, version) = _records.GetValueOrDefault((name.Grain, name.State));
        return new RecordValue(data, ETag(version));
    }

    private WriteAnswer Write(RecordWrite write)
    {
        var (_, version) = _records.GetValueOrDefault((write.Grain, write.State));
        if (write.ETag != ETag(version))
        {
            return new WriteAnswer(false, ETag(version));
        }

        _records[(write.Grain, write.State)] = (write.Data, version + 1);
        foreach (var watch in _watches.GetValueOrDefault(write.Grain) ?? [])
        {
            watch.See(write.Data);
        }

        return new WriteAnswer(true, ETag(version + 1));
    }
}
