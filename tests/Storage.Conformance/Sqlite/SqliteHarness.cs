using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using OrleansTokens.Grains.Index;
using OrleansTokens.Silo.Storage;
using OrleansTokens.Silo.Storage.Sqlite;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>A database in a temporary directory, opened as the silo opens it but without one.</summary>
internal sealed class SqliteHarness : IAsyncDisposable
{
    private static readonly IActivatorProvider Activators =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<IActivatorProvider>();

    private readonly bool _ownsDirectory;

    private SqliteHarness(string? directory, Action<SqliteStorageOptions>? configure = null)
    {
        _ownsDirectory = directory is null;
        Directory = directory ?? System.IO.Directory.CreateTempSubdirectory("orleanstokens-storage-").FullName;
        var settings = new SqliteStorageOptions
        {
            DataDirectory = Directory,
            BusyTimeout = TimeSpan.FromMilliseconds(50),
            GrainStorageSerializer = new JsonGrainStateSerializer(SampleStateJson.Default),
        };
        configure?.Invoke(settings);
        var options = Microsoft.Extensions.Options.Options.Create(settings);
        Database = new SqliteDatabase(options, NullLogger<SqliteDatabase>.Instance);
        Storage = new SqliteGrainStorage(Database, options, Activators);
        Index = new SqliteGridIndex(Database);
    }

    public string Directory { get; }

    public string File => Path.Combine(Directory, "grid.db");

    public string LogFile => File + "-wal";

    public SqliteDatabase Database { get; }

    public SqliteGrainStorage Storage { get; }

    public IGridIndex Index { get; }

    /// <summary>Not open yet; the directory is the harness's own unless one is given.</summary>
    public static SqliteHarness Create(string? directory = null) => new(directory);

    public static SqliteHarness Open(string? directory = null)
    {
        var harness = new SqliteHarness(directory);
        harness.Database.Open();
        return harness;
    }

    public static SqliteHarness OpenWith(Action<SqliteStorageOptions> configure)
    {
        var harness = new SqliteHarness(null, configure);
        harness.Database.Open();
        return harness;
    }

    /// <summary>A connection past the harness, as a database shell would have it.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
