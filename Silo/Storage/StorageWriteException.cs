namespace OrleansTokens.Silo.Storage;

/// <summary>What is known about a write that failed.</summary>
public enum WriteOutcome
{
    /// <summary>Nothing of it was stored, now or after a restart.</summary>
    NotWritten,

    /// <summary>It may or may not be stored: the failure came while it was being made durable. Read before deciding anything.</summary>
    Unknown,
}

/// <summary>A write that storage could not take. Refusals over a stale ETag are not faults and have their own exception.</summary>
public sealed class StorageWriteException : OrleansException
{
    /// <summary>Creates the exception.</summary>
    public StorageWriteException(WriteOutcome outcome, string message, Exception? cause = null)
        : base(message, cause!) => Outcome = outcome;

    /// <summary>What is known about the write.</summary>
    public WriteOutcome Outcome { get; }
}
