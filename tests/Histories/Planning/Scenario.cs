using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Planning;

/// <summary>A cluster and what is to happen in it, so that it shows when one protection is off.</summary>
/// <param name="Protection">Which.</param>
/// <param name="Lease">The length of a lease.</param>
/// <param name="Plan">Plans a round.</param>
internal sealed record Scenario(LeaseProtection Protection, TimeSpan Lease, Func<Scenario, Chance, RoundPlan> Plan)
{
    public int Silos { get; init; } = 2;

    public int Clients { get; init; } = 2;

    public int Histories { get; init; } = 20;

    /// <summary>After how many rounds it is given up.</summary>
    public int MaxRounds { get; init; } = 8;

    public bool Duplicates { get; init; }

    /// <summary>Whether each client knows one silo only, the next the next, so that no other has anything to tell it.</summary>
    public bool OneSiloEach { get; init; }

    /// <summary>How often a client asks everything it asks.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>While so many validations of one subject are under way, a client begins no more of it.</summary>
    public int MaxUnderWay { get; init; } = 8;

    /// <summary>How fast the clocks of clients run.</summary>
    public double ClientRate { get; init; } = 1;
}
