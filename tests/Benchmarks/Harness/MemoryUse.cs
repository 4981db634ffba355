using System.Globalization;

namespace OrleansTokens.Benchmarks;

/// <summary>The memory of a process.</summary>
/// <param name="Heap">Bytes of objects that are in use.</param>
/// <param name="Resident">Bytes that the process has of the machine.</param>
internal sealed record MemoryUse(long Heap, long Resident)
{
    /// <summary>How many decisions it keeps, where it uses the client library.</summary>
    public long Kept { get; init; }

    /// <summary>Collects all garbage of this process, gives memory back, and says what is left.</summary>
    public static MemoryUse Measure()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new MemoryUse(GC.GetTotalMemory(forceFullCollection: false), ResidentBytes(Environment.ProcessId));
    }

    /// <summary>What a process has of the machine.</summary>
    public static long ResidentBytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(6, line.Length - 9), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}
