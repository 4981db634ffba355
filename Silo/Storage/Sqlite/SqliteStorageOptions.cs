using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>Where and how the embedded database is kept.</summary>
public sealed class SqliteStorageOptions : IStorageProviderSerializerOptions
{
    /// <summary>
    /// The directory of the database; required. It is created when missing, readable by its owner only, and belongs to one process
    /// at a time. It must be on a local disk: network file systems neither lock nor sync as the database needs.
    /// </summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>
    /// How many grain records are read at the same time; 1 to 64, default twice the processors but at least 4. Fewer make cold
    /// activations wait for each other; each one holds a connection with up to 8 MiB of cache.
    /// </summary>
    public int ReadConnections { get; set; } = Math.Clamp(Environment.ProcessorCount * 2, 4, 64);

    /// <summary>
    /// How many index queries run at the same time; 1 to 64, default the processors but at least 2. They are apart from
    /// <see cref="ReadConnections"/>, so that long lists never make a decision wait.
    /// </summary>
    public int IndexReadConnections { get; set; } = Math.Clamp(Environment.ProcessorCount, 2, 64);

    /// <summary>
    /// How long a write waits for a foreign process (a backup, a database shell) that holds the database; up to one minute, default
    /// 5 s. Shorter fails writes during such work; longer makes their callers wait in vain.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How grain state becomes bytes; required, here or as a registered <see cref="JsonGrainStateSerializer"/>. Orleans' own default
    /// is never used: it lets the stored data choose the type to create.
    /// </summary>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;

    /// <summary>The largest record, in bytes. It bounds what one write can add to the log and to the memory of a group.</summary>
    internal int MaxStateBytes { get; set; } = 64 << 20;

    /// <summary>The length of the write-ahead log, in bytes, beyond which readers are made to let go of it.</summary>
    internal long MaxLogBytes { get; set; } = 256 << 20;
}

/// <summary>Reports every fault of the options at once, at start.</summary>
internal sealed class SqliteStorageOptionsValidator : IValidateOptions<SqliteStorageOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteStorageOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            faults.Add($"{nameof(SqliteStorageOptions.DataDirectory)} is not set: name the directory that shall hold the database.");
        }

        AddUnlessInRange(faults, nameof(SqliteStorageOptions.ReadConnections), options.ReadConnections);
        AddUnlessInRange(faults, nameof(SqliteStorageOptions.IndexReadConnections), options.IndexReadConnections);
        if (options.BusyTimeout < TimeSpan.Zero || options.BusyTimeout > TimeSpan.FromMinutes(1))
        {
            faults.Add($"{nameof(SqliteStorageOptions.BusyTimeout)} is {options.BusyTimeout}: it must be between zero and one minute.");
        }

        if (options.GrainStorageSerializer is null)
        {
            faults.Add($"{nameof(SqliteStorageOptions.GrainStorageSerializer)} is not set and no {nameof(JsonGrainStateSerializer)} is registered.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void AddUnlessInRange(List<string> faults, string name, int connections)
    {
        if (connections is < 1 or > 64)
        {
            faults.Add($"{name} is {connections}: it must be between 1 and 64.");
        }
    }
}
