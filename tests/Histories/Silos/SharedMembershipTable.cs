using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Silos;

/// <summary>The membership table that all silos share.</summary>
internal sealed class SharedMembershipTable(StoreClient store) : IMembershipTable
{
    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;

    public Task DeleteMembershipTableEntries(string clusterId) => Task.CompletedTask;

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Task.CompletedTask;

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken)
    {
        var name = key.ToParsableString();
        return Data(await ReadAsync(cancellationToken), row => row.Silo == name);
    }

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) =>
        Data(await ReadAsync(cancellationToken), static _ => true);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        UpdateRowAsync(entry, "", tableVersion, cancellationToken);

    public Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        store.CallAsync<MemberWrite, bool>(
            Operations.WriteMember, new MemberWrite(Row(entry, etag), tableVersion.Version, tableVersion.VersionEtag), cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) =>
        store.CallAsync<SiloRow, bool>(Operations.IAmAlive, Row(entry, ""), cancellationToken);

    private Task<MemberTable> ReadAsync(CancellationToken cancellation) =>
        store.CallAsync<Nothing, MemberTable>(Operations.ReadMembers, Nothing.Instance, cancellation);

    private static MembershipTableData Data(MemberTable table, Func<SiloRow, bool> fits) => new(
        [.. table.Rows.Where(fits).Select(static row => Tuple.Create(Entry(row), row.ETag))], new TableVersion(table.Version, table.ETag));

    private static SiloRow Row(MembershipEntry entry, string etag) => new(
        entry.SiloAddress.ToParsableString(),
        (int)entry.Status,
        entry.SiloName,
        entry.HostName,
        entry.ProxyPort,
        entry.StartTime,
        entry.IAmAliveTime,
        [.. (entry.SuspectTimes ?? []).Select(static s => new Suspicion(s.Item1.ToParsableString(), s.Item2))],
        etag);

    private static MembershipEntry Entry(SiloRow row) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(row.Silo),
        Status = (SiloStatus)row.Status,
        SiloName = row.Name,
        HostName = row.Host,
        ProxyPort = row.ProxyPort,
        StartTime = row.StartTime,
        IAmAliveTime = row.IAmAliveTime,
        SuspectTimes = [.. row.Suspicions.Select(static s => Tuple.Create(SiloAddress.FromParsableString(s.By), s.At))],
    };
}
