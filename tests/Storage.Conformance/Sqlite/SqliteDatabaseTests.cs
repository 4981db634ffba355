using OrleansTokens.Silo.Storage.Sqlite;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>Opening and closing: whose the directory is, what is refused, and what is in effect afterwards.</summary>
public sealed class SqliteDatabaseTests
{
    [Fact]
    public async Task Open_WhenTheDirectoryIsInUse_IsRefusedUntilItIsClosed()
    {
        await using var first = SqliteHarness.Open();
        await using var second = SqliteHarness.Create(first.Directory);

        var refusal = Assert.Throws<SqliteOpenException>(second.Database.Open);

        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(first.Directory, refusal.Message, StringComparison.Ordinal);
        await first.Database.DisposeAsync();
        second.Database.Open();
    }

    [Fact]
    public async Task Open_OfANewerSchema_IsRefusedAndLeavesTheFileAsItIs()
    {
        await using var harness = SqliteHarness.Create();
        await using (var first = SqliteHarness.Open(harness.Directory))
        {
            await WriteAsync(first);
        }

        harness.Execute("PRAGMA user_version=99; CREATE TABLE from_the_future (id INTEGER)");
        var before = await File.ReadAllBytesAsync(harness.File);

        var refusal = Assert.Throws<SqliteOpenException>(harness.Database.Open);

        Assert.Contains("schema version 99", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("newer release", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(harness.File));
        // The refused open must not have kept the directory.
        harness.Execute($"PRAGMA user_version={SqliteSchema.Migrations.Count}");
        harness.Database.Open();
    }

    [Fact]
    public async Task Open_OfADatabaseOfAnotherApplication_IsRefusedAndLeavesItAsItIs()
    {
        await using var harness = SqliteHarness.Create();
        await File.WriteAllBytesAsync(harness.File, []);
        harness.Execute("CREATE TABLE recipes (name TEXT)");
        var before = await File.ReadAllBytesAsync(harness.File);

        var refusal = Assert.Throws<SqliteOpenException>(harness.Database.Open);

        Assert.Contains("another application", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(harness.File));
    }

    [Fact]
    public async Task Open_OfAFileThatIsNoDatabase_IsRefusedAndLeavesItAsItIs()
    {
        await using var harness = SqliteHarness.Create();
        var text = string.Concat(Enumerable.Repeat("This is no database. ", 200));
        await File.WriteAllTextAsync(harness.File, text);

        var refusal = Assert.Throws<SqliteOpenException>(harness.Database.Open);

        Assert.Contains(harness.File, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(harness.File));
    }

    [Fact]
    public async Task Open_OfAnEmptyFile_CreatesTheDatabase()
    {
        // A process killed right after it created the file leaves this behind.
        await using var harness = SqliteHarness.Create();
        await File.WriteAllBytesAsync(harness.File, []);

        harness.Database.Open();

        await WriteAsync(harness);
    }

    [Fact]
    public async Task Open_WhereADirectoryCannotBe_IsRefusedAndNamesIt()
    {
        await using var parent = SqliteHarness.Create();
        var file = Path.Combine(parent.Directory, "file");
        await File.WriteAllTextAsync(file, "");
        await using var harness = SqliteHarness.Create(file);

        var refusal = Assert.Throws<SqliteOpenException>(harness.Database.Open);

        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pragmas_OfTheWriter_AreInEffectAlsoAfterAFailedTransaction()
    {
        await using var harness = SqliteHarness.Open();

        await AssertAsync();
        using (var shell = harness.Connect())
        {
            using var transaction = shell.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<Silo.Storage.StorageWriteException>(() => WriteAsync(harness));
        }

        await AssertAsync();

        async Task AssertAsync()
        {
            foreach (var (pragma, expected) in new[]
            {
                ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "0"), ("busy_timeout", "50"), ("temp_store", "2"), ("query_only", "0"),
            })
            {
                Assert.Equal(
                    expected, await harness.Database.Writer.WriteAsync(session => session.TextOnce($"PRAGMA {pragma}"), 0, default));
            }
        }
    }

    [Fact]
    public async Task Reader_WhenItTriesToWrite_IsRefused()
    {
        await using var harness = SqliteHarness.Open();

        foreach (var readers in new[] { harness.Database.Readers, harness.Database.IndexReaders })
        {
            var refusal = await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => readers.ReadAsync(
                static (session, sql) => session.Execute(sql), "DELETE FROM grain_state", default));
            Assert.Equal(SQLitePCL.raw.SQLITE_READONLY, refusal.SqliteErrorCode);
        }
    }

    [Fact]
    public async Task Migrate_FromAnOlderSchema_AppliesWhatIsMissingAndKeepsTheData()
    {
        await using var harness = SqliteHarness.Open();
        string[] migrations = ["CREATE TABLE a (x INTEGER);", "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7;"];
        using var session = OpenEmpty(harness);

        Assert.Equal(1, SqliteSchema.Migrate(session, 0, migrations[..1]));
        session.ExecuteOnce("INSERT INTO a VALUES (1)");
        var version = SqliteSchema.ReadVersion(session, "file", newestKnown: 2);
        Assert.Equal(1, version);
        Assert.Equal(1, SqliteSchema.Migrate(session, version, migrations));

        Assert.Equal(2, SqliteSchema.ReadVersion(session, "file", newestKnown: 2));
        Assert.Equal(8, session.Integer("SELECT x + y FROM a"));
        Assert.Equal(0, SqliteSchema.Migrate(session, 2, migrations));
    }

    [Fact]
    public async Task Migrate_WhenAMigrationFails_LeavesTheVersionBeforeIt()
    {
        await using var harness = SqliteHarness.Open();
        using var session = OpenEmpty(harness);
        string[] migrations = ["CREATE TABLE a (x INTEGER);", "CREATE TABLE b (x INTEGER); INSERT INTO missing VALUES (1);"];

        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => SqliteSchema.Migrate(session, 0, migrations));

        Assert.Equal(1, SqliteSchema.ReadVersion(session, "file", newestKnown: 2));
        Assert.Equal(1, session.Integer("SELECT count(*) FROM sqlite_master"));
        Assert.False(session.InTransaction);
    }

    [Fact]
    public void Options_WhenSeveralAreWrong_AreAllReportedAtOnce()
    {
        var options = new SqliteStorageOptions { ReadConnections = 0, IndexReadConnections = 65, BusyTimeout = TimeSpan.FromMinutes(2) };

        var faults = new SqliteStorageOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.Equal(5, faults.Count);
        Assert.All(
            ["DataDirectory", "ReadConnections", "IndexReadConnections", "BusyTimeout", "GrainStorageSerializer"],
            name => Assert.Contains(faults, fault => fault.StartsWith(name + " ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Read_WhenEveryConnectionIsBusy_WaitsForOneAndNotForTheWriter()
    {
        await using var harness = SqliteHarness.OpenWith(options => options.ReadConnections = 1);
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var busy = Task.Run(() => harness.Database.Readers.ReadAsync(
            (session, _) =>
            {
                entered.Set();
                release.Wait(CancellationToken.None);
                return session.Integer("SELECT 1");
            },
            0,
            default));
        entered.Wait(CancellationToken.None);

        var waiting = harness.Database.Readers.ReadAsync(static (session, sql) => session.Integer(sql), "SELECT 2", default);
        await WriteAsync(harness);
        using var cancellation = new CancellationTokenSource();
        var cancelled = harness.Database.Readers.ReadAsync(static (session, sql) => session.Integer(sql), "SELECT 3", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Assert.False(waiting.IsCompleted);
        release.Set();
        Assert.Equal(1, await busy);
        Assert.Equal(2, await waiting);
    }

    private static SqliteSession OpenEmpty(SqliteHarness harness)
    {
        var file = Path.Combine(harness.Directory, "empty.db");
        File.WriteAllBytes(file, []);
        return SqliteSession.OpenWriter(file, TimeSpan.Zero);
    }

    private static Task WriteAsync(SqliteHarness harness, string key = "key") => harness.Storage.WriteStateAsync(
        "state", GrainId.Create("database", key), new GrainState<SampleState>(new SampleState { Number = 1 }));
}
