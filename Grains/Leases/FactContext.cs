using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>What grains need whose state decisions rest on.</summary>
internal sealed record FactContext(
    LeaseOptions Options, LeaseClock Clock, RecordConfirmer Confirmer, LeaseAgreement Agreement, TimeProvider Time)
{
    /// <summary>How fresh an answer must be to be of use to somebody who takes what is no older.</summary>
    public Freshness Within(TimeSpan maxAge) => Freshness.Of(maxAge, Clock);

    /// <summary>How old what was confirmed then is now.</summary>
    public TimeSpan AgeOf(long confirmedAt) => TimeSpan.FromTicks(Clock.Now - confirmedAt);
}
