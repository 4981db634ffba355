namespace OrleansTokens.Silo.Http;

/// <summary>Memory that many requests share: who finds none left is told so instead of waiting.</summary>
internal sealed class ByteBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Takes that many bytes, or none where not enough are left. Under contention for the last ones all may be refused.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) >= 0)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _left, bytes);
}
