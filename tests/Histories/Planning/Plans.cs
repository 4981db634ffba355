using System.Collections.Immutable;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Store;

namespace OrleansTokens.Histories.Planning;

/// <summary>When an operation is called.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="At">When, from the beginning of the round.</param>
/// <param name="AgainAfter">How much later another administrator calls for the same; null where none does.</param>
/// <param name="Lifetime">Of a token that is issued and expires: how long it lives.</param>
/// <param name="Once">Whether it is not called again where its outcome is unknown.</param>
internal sealed record PlannedOperation(
    Operation Operation, TimeSpan At, TimeSpan? AgainAfter = null, TimeSpan? Lifetime = null, bool Once = false);

/// <summary>A question that is asked once.</summary>
/// <param name="Subject">What is asked, by its place in <see cref="HistoryPlan.Subjects"/>.</param>
/// <param name="At">When, from the beginning of the round.</param>
/// <param name="Client">Who asks; null: every client.</param>
internal sealed record PlannedQuestion(int Subject, TimeSpan At, int? Client = null);

/// <summary>What is to happen in one history.</summary>
internal sealed record HistoryPlan(
    string Name, World Start, ImmutableArray<PlannedOperation> Operations, ImmutableArray<Subject> Subjects)
{
    /// <summary>From when on clients ask, counted from the beginning of the round; null: from before it.</summary>
    public TimeSpan? AsksFrom { get; init; }

    /// <summary>What is asked when; empty: everything is asked again and again.</summary>
    public ImmutableArray<PlannedQuestion> Questions { get; init; } = [];

    /// <summary>For how much longer than usual they go on asking after the last operation.</summary>
    public TimeSpan AsksLonger { get; init; }
}

/// <summary>A fault that is to be put on the cluster.</summary>
/// <param name="Kind">Which.</param>
/// <param name="At">When, from the beginning of the round.</param>
/// <param name="Duration">For how long.</param>
/// <param name="Silo">The silo it concerns, by its slot.</param>
/// <param name="Other">The other silo or the client it concerns.</param>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan At, TimeSpan Duration, int Silo, int Other)
{
    /// <summary>What of storage it concerns; null: as much as usual.</summary>
    public StorageAreas? Areas { get; init; }

    /// <summary>How late storage is; null: as late as usual.</summary>
    public TimeSpan? Delay { get; init; }

    public override string ToString() => $"{FaultNames.Of(Kind)} silo {Silo}, other {Other}, at {At.TotalMilliseconds:F0} ms for {Duration.TotalMilliseconds:F0} ms";
}

/// <summary>Histories side by side, under the same faults.</summary>
internal sealed record RoundPlan(ImmutableArray<HistoryPlan> Histories, ImmutableArray<PlannedFault> Faults);

/// <summary>What planning depends on.</summary>
/// <param name="Seed">The same seed gives the same plan.</param>
/// <param name="Histories">How many in a round.</param>
/// <param name="Silos">How many silos there are at first.</param>
/// <param name="Clients">How many clients there are.</param>
/// <param name="Pace">The time by which faults and lives are measured: the length of a lease, or where there are none about half a second.</param>
/// <param name="Faults">The faults to choose from.</param>
/// <param name="SkewedClocks">Whether the wall clocks of silos are minutes apart: then nobody can say when a token expires.</param>
internal sealed record PlanOptions(
    ulong Seed, int Histories, int Silos, int Clients, TimeSpan Pace, IReadOnlyList<FaultKind> Faults, bool SkewedClocks);
