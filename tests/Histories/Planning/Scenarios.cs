using System.Collections.Immutable;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Store;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Planning;

/// <summary>
/// For each protection what shows that it is missing. Faults and operations are so timed that hardly anything else can happen; what is left
/// to chance is where grains are, over which gateway somebody asks, and a few milliseconds.
/// </summary>
internal static class Scenarios
{
    public static ImmutableArray<Scenario> All { get; } =
    [
        // What one silo has answered another about the tree comes late.
        new(LeaseProtection.SendTime, Ms(1000), static (s, chance) => Round(
            s, _ => Archived(chance, 1000, 1300), [Fault(FaultKind.StallOneWay, 900, 900, silo: 0, other: 1)], Silence(s, 2000, 2000))),

        // A write is applied whose caller has given up, and nobody is told. The next activation has read before it, and learns late what.
        new(LeaseProtection.ReadStart, Ms(2000), static (s, chance) => Round(
            s,
            _ => Orphaned(chance, 500),
            Each(s.Silos, silo => Fault(FaultKind.StorageLate, 300, 900, silo) with { Areas = StorageAreas.Records, Delay = Ms(2500) }),
            Each(s.Silos, silo => Fault(FaultKind.ReadsLate, 2000, 1600, silo) with { Areas = StorageAreas.Records, Delay = Ms(1200) }),
            Silence(s, 3950, 2500))),

        // What is kept of the tree is old already when a client is told for how long it may use it.
        new(LeaseProtection.AgeTravels, Ms(3000), static (s, _) => Round(s, static _ => ArchivedBetweenHops()))
        {
            Silos = 1, Clients = 1, Histories = 1,
        },
        new(LeaseProtection.LineageAge, Ms(1000), static (s, _) => Round(s, static _ => ArchivedBetweenTokens()))
        {
            Silos = 1, Clients = 1, Histories = 1,
        },

        // Clients can neither be told nor ask.
        new(LeaseProtection.CheckEachUse, Ms(600), static (s, chance) => Round(
            s, _ => Revoked(chance, 1000, 1200), Silence(s, 900, 2400))),
        new(LeaseProtection.AcknowledgeLast, Ms(800), static (s, chance) => Round(
            s, _ => Revoked(chance, 1000, 1200), Silence(s, 900, 2400))),
        new(LeaseProtection.WaitForTheSilent, Ms(4000), static (s, chance) => Round(
            s, _ => Revoked(chance, 1000, 1500), Silence(s, 900, 6000))),
        new(LeaseProtection.AlreadyRevokedToo, Ms(4000), static (s, chance) => Round(
            s, _ => Revoked(chance, 1000, 1500, again: Ms(chance.Between(20, 60))), Silence(s, 900, 6000))),

        // Nothing can be confirmed where another activation knows nothing of the revocation.
        new(LeaseProtection.FailureConfirmsNothing, Ms(600), static (s, chance) => Round(
            s,
            _ => Revoked(chance, 1000, 1200) with { AsksLonger = Ms(1500) },
            Each(s.Silos, silo => Fault(FaultKind.StorageFails, 800, 3000, silo) with { Areas = StorageAreas.Versions })))
        {
            Duplicates = true,
        },

        // Clients stand still, and what they are told meanwhile does not reach them.
        new(LeaseProtection.ClockCountsSleep, Ms(800), static (s, chance) => Round(
            s,
            _ => Revoked(chance, 1030, 1080),
            Each(s.Clients, client => Fault(FaultKind.PauseClient, 1000, 1100, 0, client)),
            Silence(s, 1000, 2600))),

        // Everything is asked for at once, after nothing was for a while, and the clocks of clients are slow.
        new(LeaseProtection.Margin, Ms(15_000), static (s, chance) => Round(
            s, _ => Revoked(chance, 16_080, 16_100) with { AsksFrom = Ms(16_000) }, Silence(s, 16_070, 17_000)))
        {
            Histories = 5, ClientRate = 0.9905, MaxRounds = 3,
        },
        new(LeaseProtection.DecideWhenAnswering, Ms(600), static (s, chance) => Round(
            s, _ => Revoked(chance, 850, 900) with { AsksFrom = Ms(800) })),

        // The write is slow, and another activation goes on deciding until it is there; then clients can be told no more.
        new(LeaseProtection.WaitFromSuccess, Ms(1000), static (s, chance) => Round(
            s,
            _ => Revoked(chance, 1000, 1050),
            Each(s.Silos, silo => Fault(FaultKind.StorageSlow, 900, 500, silo) with { Areas = StorageAreas.Records, Delay = Ms(400) }),
            Silence(s, 1380, 2500)))
        {
            Duplicates = true,
        },
        new(LeaseProtection.NoteEveryLease, Ms(600), static (s, chance) => Round(s, _ => Revoked(chance, 500, 1500))),
        // What is noted of one token ends before what was noted of another a moment earlier.
        new(LeaseProtection.NoteKeepsLaterEnd, Ms(1500), static (s, _) => Round(s, static _ => NotedTwice()))
        {
            Silos = 1, Clients = 1, Histories = 1,
        },

        // One client has asked, so that silos know; another, which nobody had to tell, asks after the revocation. All asked long before, so
        // that silos know since when membership has been what it is.
        new(LeaseProtection.SiloRemembers, Ms(2000), static (s, chance) => Round(
            s,
            _ => Revoked(chance, 2700, 2900) with
            {
                Questions =
                [
                    new PlannedQuestion(0, Ms(0)), new PlannedQuestion(0, Ms(2500), Client: 0), new PlannedQuestion(0, Ms(2970), Client: 1),
                ],
            }))
        {
            Duplicates = true,
        },
        new(LeaseProtection.TellEverySilo, Ms(600), static (s, chance) => Round(s, _ => Revoked(chance, 500, 1500)))
        {
            Duplicates = true, OneSiloEach = true,
        },

        // An answer stays on its way while its asker is told over another gateway, and comes a moment before the next one.
        new(LeaseProtection.LesseeRemembers, Ms(1000), static (s, chance) => Round(
            s,
            _ => Revoked(chance, 1000, 1050),
            Each(s.Clients, client => Fault(FaultKind.StallAnswers, 700, 500, silo: 1, client)),
            Each(s.Clients, client => Fault(FaultKind.StallClient, 950, 250, silo: 1, client))))
        {
            MaxUnderWay = 100, Pace = Ms(5),
        },

        // A silo comes after the other has last read who there is, since nobody has asked it anything meanwhile.
        new(LeaseProtection.MembershipAfterWrite, Ms(1000), static (s, chance) => Round(
            s, _ => RevokedElsewhere(chance), [Fault(FaultKind.Kill, 0, 5300, silo: 1)]))
        {
            Duplicates = true, OneSiloEach = true, MaxRounds = 5,
        },

        // A silo is declared dead, does not know it, and clients still ask it.
        new(LeaseProtection.MembershipUnchanged, Ms(1500), static (s, chance) => Round(
            s, _ => Revoked(chance, 1050, 1600), [Fault(FaultKind.DeclareDead, 1000, 4000, silo: 1)]))
        {
            Duplicates = true, OneSiloEach = true,
        },
        new(LeaseProtection.AliveIsAFact, Ms(600), static (s, chance) => Round(
            s,
            _ => Revoked(chance, 1700, 3000),
            [Fault(FaultKind.DeclareDead, 1000, 4000, silo: 1), Fault(FaultKind.MembershipAway, 1000, 4000, silo: 1)]))
        {
            Duplicates = true, OneSiloEach = true,
        },
    ];

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static RoundPlan Round(Scenario scenario, Func<int, HistoryPlan> history, params IEnumerable<PlannedFault>[] faults) => new(
        [.. Enumerable.Range(0, scenario.Histories).Select(i => history(i) with { Name = $"h{i}" })],
        [.. faults.SelectMany(static f => f).OrderBy(static f => f.At)]);

    private static IEnumerable<PlannedFault> Each(int count, Func<int, PlannedFault> fault) => Enumerable.Range(0, count).Select(fault);

    private static PlannedFault Fault(FaultKind kind, int at, int duration, int silo, int other = 0) => new(kind, Ms(at), Ms(duration), silo, other);

    /// <summary>What clients and silos send each other stays on its way.</summary>
    private static IEnumerable<PlannedFault> Silence(Scenario scenario, int at, int duration) => Each(
        scenario.Silos * scenario.Clients,
        i => Fault(FaultKind.StallClient, at, duration, i % scenario.Silos, i / scenario.Silos));

    private static HistoryPlan Revoked(Chance chance, int from, int to, TimeSpan? again = null) =>
        Ended(new PlannedOperation(new Operation(OperationKind.Revoke, "of-project"), Ms(chance.Between(from, to)), again));

    /// <summary>A revocation whose caller gives up, and that is durable after that.</summary>
    private static HistoryPlan Orphaned(Chance chance, int at)
    {
        var once = new PlannedOperation(new Operation(OperationKind.Revoke, "of-project"), Ms(chance.Between(at, at + 100)), Once: true);
        return Ended(once) with { AsksLonger = Ms(2000) };
    }

    /// <summary>One silo reads twice who there is while it is alone, and then not before it revokes what another silo has allowed.</summary>
    private static HistoryPlan RevokedElsewhere(Chance chance)
    {
        const int AnotherIsThere = 14_500;
        return Revoked(chance, AnotherIsThere + 250, AnotherIsThere + 400) with
        {
            Questions =
            [
                new PlannedQuestion(0, Ms(4000), Client: 0),
                new PlannedQuestion(0, Ms(5200), Client: 0),
                new PlannedQuestion(0, Ms(AnotherIsThere), Client: 1),
                .. Enumerable.Range(0, 6).Select(static i => new PlannedQuestion(0, Ms(AnotherIsThere + 450 + (50 * i)), Client: 1)),
            ],
        };
    }

    /// <summary>Two tokens: of one the answers rest on what is new, of the other, which come after it, on what is old.</summary>
    private static HistoryPlan NotedTwice()
    {
        var revoked = HistoryPlanner.HeldBy(HistoryPlanner.Project);
        var other = revoked with { Name = "other" };
        const int Quiet = 2000;
        const int OfRevoked = 0;
        const int OfOther = 2;
        return new HistoryPlan(
            "",
            HistoryPlanner.Tree(Visibility.Private, revoked, other),
            [new PlannedOperation(new Operation(OperationKind.Revoke, revoked.Name), Ms(Quiet + 1650))],
            [.. About(revoked), .. About(other)])
        {
            Questions =
            [
                new PlannedQuestion(OfOther, Ms(Quiet)),
                new PlannedQuestion(OfRevoked, Ms(Quiet + 900)),
                new PlannedQuestion(OfRevoked + 1, Ms(Quiet + 1050)),
                new PlannedQuestion(OfOther + 1, Ms(Quiet + 1150)),
                .. Enumerable.Range(0, 8).Select(static i => new PlannedQuestion(OfRevoked + 1, Ms(Quiet + 1700 + (50 * i)))),
            ],
        };
    }

    private static HistoryPlan Ended(PlannedOperation operation)
    {
        var token = HistoryPlanner.HeldBy(HistoryPlanner.Project);
        return new HistoryPlan("", HistoryPlanner.Tree(Visibility.Private, token), [operation], About(token));
    }

    /// <summary>A group is known from before the operation when what lies below it is asked about. All else is known from after it.</summary>
    private static HistoryPlan ArchivedBetweenHops()
    {
        var first = HistoryPlanner.HeldBy("sub");
        var second = first with { Name = "second" };
        var elsewhere = HistoryPlanner.HeldBy("other");
        return new HistoryPlan(
            "",
            HistoryPlanner.Tree(Visibility.Private, first, second, elsewhere),
            [Archive(Ms(4050))],
            [
                new Subject(elsewhere.Name, RegistryAction.Authenticate, null, ByPath: false),
                new Subject(first.Name, RegistryAction.Authenticate, null, ByPath: false),
                new Subject(elsewhere.Name, RegistryAction.Introspect, null, ByPath: false),
                new Subject(second.Name, RegistryAction.PushImage, HistoryPlanner.Project, ByPath: false),
            ])
        {
            Questions =
            [
                new PlannedQuestion(0, Ms(2600)),
                new PlannedQuestion(1, Ms(4000)),
                new PlannedQuestion(2, Ms(4450)),
                new PlannedQuestion(3, Ms(4600)),
                .. Enumerable.Range(0, 10).Select(static i => new PlannedQuestion(3, Ms(7060 + (30 * i)))),
            ],
        };
    }

    /// <summary>The tree is known from before the operation when another token is asked about, which is known from after it.</summary>
    private static HistoryPlan ArchivedBetweenTokens()
    {
        var first = HistoryPlanner.HeldBy(HistoryPlanner.Project);
        var second = first with { Name = "second" };
        var elsewhere = HistoryPlanner.HeldBy("other");
        return new HistoryPlan(
            "",
            HistoryPlanner.Tree(Visibility.Private, first, second, elsewhere),
            [Archive(Ms(2080))],
            [
                new Subject(first.Name, RegistryAction.PushImage, HistoryPlanner.Project, ByPath: false),
                new Subject(second.Name, RegistryAction.PushImage, HistoryPlanner.Project, ByPath: false),
                new Subject(elsewhere.Name, RegistryAction.PushImage, HistoryPlanner.Project, ByPath: false),
            ])
        {
            Questions =
            [
                new PlannedQuestion(2, Ms(0)), // The first answer of all takes long.
                new PlannedQuestion(0, Ms(1950)),
                new PlannedQuestion(1, Ms(2380)),
                .. Enumerable.Range(0, 10).Select(static i => new PlannedQuestion(1, Ms(3100 + (25 * i)))),
            ],
        };
    }

    private static PlannedOperation Archive(TimeSpan at) => new(new Operation(OperationKind.Archive, HistoryPlanner.Top), at);

    private static HistoryPlan Archived(Chance chance, int from, int to)
    {
        var token = HistoryPlanner.HeldBy(HistoryPlanner.Project);
        return new HistoryPlan("", HistoryPlanner.Tree(Visibility.Private, token), [Archive(Ms(chance.Between(from, to)))], About(token));
    }

    private static ImmutableArray<Subject> About(Token token) =>
    [
        new Subject(token.Name, RegistryAction.PullImage, HistoryPlanner.Project, ByPath: false),
        new Subject(token.Name, RegistryAction.PushImage, HistoryPlanner.Project, ByPath: false),
    ];
}
