using Orleans.Storage;
using OrleansTokens.Grains.Index;
using OrleansTokens.Storage.Conformance.GrainStorage;
using OrleansTokens.Storage.Conformance.GridIndex;

namespace OrleansTokens.Storage.Conformance.Sqlite;

public sealed class SqliteGrainStorageConformance : GrainStorageConformance
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("orleanstokens-storage-");
    private SqliteHarness? _harness;

    protected override Task<IGrainStorage> OpenAsync()
    {
        _harness = SqliteHarness.Open(_directory.FullName);
        return Task.FromResult<IGrainStorage>(_harness.Storage);
    }

    protected override async Task CloseAsync() => await _harness!.DisposeAsync();

    protected override Task RemoveAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

public sealed class SqliteGridIndexConformance : GridIndexConformance
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("orleanstokens-storage-");
    private SqliteHarness? _harness;

    protected override Task<IGridIndex> OpenAsync()
    {
        _harness = SqliteHarness.Open(_directory.FullName);
        return Task.FromResult(_harness.Index);
    }

    protected override async Task CloseAsync() => await _harness!.DisposeAsync();

    protected override Task RemoveAsync()
    {
        _directory.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
