using Orleans.Storage;
using OrleansTokens.Grains.Index;
using OrleansTokens.Storage.Conformance.GrainStorage;
using OrleansTokens.Storage.Conformance.GridIndex;

namespace OrleansTokens.Storage.Conformance.Sqlite;

public sealed class SqliteGrainStorageConformance : GrainStorageConformance, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("orleanstokens-");
    private SqliteHarness? _harness;

    public void Dispose() => _directory.Delete(recursive: true);

    protected override Task<IGrainStorage> OpenAsync()
    {
        _harness = SqliteHarness.Open(_directory.FullName);
        return Task.FromResult<IGrainStorage>(_harness.Storage);
    }

    protected override async Task CloseAsync() => await _harness!.DisposeAsync();
}

public sealed class SqliteGridIndexConformance : GridIndexConformance, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("orleanstokens-");
    private SqliteHarness? _harness;

    public void Dispose() => _directory.Delete(recursive: true);

    protected override Task<IGridIndex> OpenAsync()
    {
        _harness = SqliteHarness.Open(_directory.FullName);
        return Task.FromResult(_harness.Index);
    }

    protected override async Task CloseAsync() => await _harness!.DisposeAsync();
}
