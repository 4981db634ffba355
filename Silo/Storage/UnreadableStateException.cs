namespace OrleansTokens.Silo.Storage;

/// <summary>
/// A stored record that cannot be read: cut short, altered, written by something else, or on a medium that fails. The record is
/// left as it is, and the grain does not start: taking it for empty would let the next write destroy it.
/// </summary>
public sealed class UnreadableStateException : OrleansException
{
    /// <summary>Creates the exception.</summary>
    public UnreadableStateException(string message, Exception? cause = null)
        : base(message, cause!)
    {
    }
}
