namespace OrleansTokens.Grains.Storage;

/// <summary>Where a grain's state is kept.</summary>
/// <param name="Grain">The grain.</param>
/// <param name="StateName">The name of the state.</param>
public readonly record struct StoredRecord(GrainId Grain, string StateName);

/// <summary>Says whether records are as they were when they were read, without reading them. The host adds it beside its grain storage.</summary>
public interface IRecordVersions
{
    /// <summary>The largest number of records that are asked for at once.</summary>
    const int MaxBatch = 1_000;

    /// <summary>
    /// The versions of records. Whatever was written before the call began is seen.
    /// </summary>
    /// <param name="records">1 to <see cref="MaxBatch"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>For each record, in their order, the ETag that grain storage would give with it now; null where there was never one.</returns>
    ValueTask<IReadOnlyList<string?>> ReadVersionsAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellation);
}
