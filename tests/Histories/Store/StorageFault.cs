namespace OrleansTokens.Histories.Store;

/// <summary>What of a silo's storage is meant.</summary>
[Flags]
internal enum StorageAreas
{
    None = 0,
    Records = 1,
    Versions = 2,
    Membership = 4,
    Index = 8,
    Grains = Records | Versions | Index,
    All = Grains | Membership,
}

/// <summary>How storage fails a silo.</summary>
internal enum StorageFaultKind
{
    /// <summary>Reports failure, and did nothing.</summary>
    Fails,

    /// <summary>Begins only after a while.</summary>
    IsSlow,

    /// <summary>Writes are applied, and never answered.</summary>
    AppliesAndIsSilent,

    /// <summary>Writes are applied after their caller has given up.</summary>
    AppliesLate,

    /// <summary>Reads are answered after a while, with what was true at first.</summary>
    AnswersReadsLate,
}

/// <summary>A fault of the storage of a silo.</summary>
/// <param name="Kind">How it fails.</param>
/// <param name="Areas">In what.</param>
/// <param name="Delay">How late it is, where it is late.</param>
internal sealed record StorageFault(StorageFaultKind Kind, StorageAreas Areas, TimeSpan Delay);
