using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>How fresh a fact must be to be decided by: confirmed since the question came, or no older than that.</summary>
/// <param name="Begun">When the question came.</param>
/// <param name="MaxAge">How old a fact from before may be; zero: none from before counts.</param>
internal readonly record struct Freshness(long Begun, TimeSpan MaxAge)
{
    public static Freshness Of(TimeSpan maxAge, LeaseClock clock) => new(clock.Now, maxAge);

    /// <summary>The same, and nothing that was known before the question came.</summary>
    public Freshness Anew => this with { MaxAge = TimeSpan.Zero };

    /// <summary>Whether a fact that was confirmed by a read from <paramref name="confirmedAt"/> on may be used now.</summary>
    public bool Accepts(long confirmedAt, long now) => confirmedAt >= Begun || now - confirmedAt <= MaxAge.Ticks;
}
