using System.Runtime.Versioning;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>Nobody but the owner of the process can read what is stored.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SqliteFileModeTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Open_Always_CreatesFilesForTheirOwnerOnly()
    {
        await using var parent = SqliteHarness.Create();
        var directory = Path.Combine(parent.Directory, "new", "data");
        await using var harness = SqliteHarness.Open(directory);
        await WriteAsync(harness);

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        AssertPrivate(harness);
    }

    [Fact]
    public async Task Open_OfFilesThatOthersCanRead_NarrowsThem()
    {
        await using var harness = SqliteHarness.Create();
        await using (var first = SqliteHarness.Open(harness.Directory))
        {
            await WriteAsync(first);
        }

        File.SetUnixFileMode(harness.File, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        harness.Database.Open();
        await WriteAsync(harness, "again");

        AssertPrivate(harness);
    }

    private static void AssertPrivate(SqliteHarness harness)
    {
        string[] files = [harness.File, harness.LogFile, harness.File + "-shm", Path.Combine(harness.Directory, "grid.lock")];
        Assert.All(files, file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(file)));
        Assert.Equal(files.Order(), Directory.GetFiles(harness.Directory).Order());
    }

    private static Task WriteAsync(SqliteHarness harness, string key = "key") => harness.Storage.WriteStateAsync(
        "state", GrainId.Create("database", key), new GrainState<SampleState>(new SampleState { Number = 1 }));
}
