namespace OrleansTokens.Silo.Http.Abuse;

/// <summary>Says, once, that a trusted proxy reports clients in a way that cannot be read.</summary>
internal sealed partial class UnreadableSources(ILogger<UnreadableSources> logger)
{
    private int _reported;

    /// <summary>There was such a request.</summary>
    public void Report()
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
        {
            LogUnreadable();
        }
    }
}
