namespace OrleansTokens.Leases;

/// <summary>
/// What keeps the promises about revoked tokens, one by one. Each can be switched off by the history checker, and by nothing else, to see
/// that it notices. The names are those of the protocol in <c>docs/leases.md</c>.
/// </summary>
internal enum LeaseProtection
{
    /// <summary>An answer is counted from when the question was sent, not from its receipt.</summary>
    SendTime,

    /// <summary>A fact is counted from the start of the read, not from its end.</summary>
    ReadStart,

    /// <summary>An answer carries the age of what it rests on; a hop does not start anew.</summary>
    AgeTravels,

    /// <summary>A decision has the age of its oldest fact, lineage included.</summary>
    LineageAge,

    /// <summary>The clock is looked at before each use, not only on arrival.</summary>
    CheckEachUse,

    /// <summary>A failed confirmation leaves the fact as old as it was.</summary>
    FailureConfirmsNothing,

    /// <summary>Clocks go on counting while the machine is suspended.</summary>
    ClockCountsSleep,

    /// <summary>Facts are used for less than the length of a lease, because clocks differ in rate.</summary>
    Margin,

    /// <summary>Waiting begins when the write's success was known, not when it was sent.</summary>
    WaitFromSuccess,

    /// <summary>It is decided and noted when the answer leaves, with no await between.</summary>
    DecideWhenAnswering,

    /// <summary>Every lease is noted by the silo that gave it.</summary>
    NoteEveryLease,

    /// <summary>A shorter second lease does not shorten the note of the first.</summary>
    NoteKeepsLaterEnd,

    /// <summary>A lessee that was told refuses older answers still on their way.</summary>
    LesseeRemembers,

    /// <summary>A silo that was told refuses older reads and facts still on their way.</summary>
    SiloRemembers,

    /// <summary>The revoker tells all silos, not only the lessees of its own.</summary>
    TellEverySilo,

    /// <summary>Who was told acknowledges after its own lessees have.</summary>
    AcknowledgeLast,

    /// <summary>Where somebody has not acknowledged, revoke waits the length of a lease out.</summary>
    WaitForTheSilent,

    /// <summary>The silos to tell are read after the write succeeded.</summary>
    MembershipAfterWrite,

    /// <summary>Where membership changed lately, revoke waits the length of a lease out.</summary>
    MembershipUnchanged,

    /// <summary>A silo answers only while a recent read shows it to be a live member.</summary>
    AliveIsAFact,

    /// <summary>A revoke that finds it done tells and waits like the one that did it.</summary>
    AlreadyRevokedToo,
}

/// <summary>Which protections hold. All of them, in every product that runs.</summary>
internal sealed class LeaseProtections
{
    private readonly uint _off;

    private LeaseProtections(uint off) => _off = off;

    /// <summary>All hold.</summary>
    public static LeaseProtections All { get; } = new(0);

    /// <summary>All hold but one.</summary>
    public static LeaseProtections Without(LeaseProtection protection) => new(1u << (int)protection);

    /// <summary>Whether one holds.</summary>
    public bool Hold(LeaseProtection protection) => (_off & (1u << (int)protection)) == 0;
}
