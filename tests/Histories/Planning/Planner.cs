namespace OrleansTokens.Histories.Planning;

/// <summary>Plans rounds. Pure: the same options and round, the same plan.</summary>
internal static class Planner
{
    private const int LastStartMilliseconds = 3000;

    private static readonly FaultKind[] TakesASilo = [FaultKind.Kill, FaultKind.Stop, FaultKind.DeclareDead, FaultKind.PauseSilo];

    public static RoundPlan Plan(PlanOptions options, int round)
    {
        var chance = Chance.Of(options.Seed, round);
        var planner = new HistoryPlanner(Chance.Of(chance.Next(), 0), options.Pace, options.SkewedClocks);
        var histories = Enumerable.Range(0, options.Histories).Select(i => planner.Plan($"r{round}h{i}")).ToList();
        return new RoundPlan([.. histories], [.. PlanFaults(options, Chance.Of(chance.Next(), 1), histories)]);
    }

    private static List<PlannedFault> PlanFaults(PlanOptions options, Chance chance, List<HistoryPlan> histories)
    {
        var kinds = options.Faults.Where(static kind => kind is not (FaultKind.Clocks or FaultKind.Duplicates)).ToList();
        var faults = new List<PlannedFault>();
        for (var left = kinds.Count == 0 ? 0 : chance.Between(1, 4); left > 0; left--)
        {
            var fault = PlanFault(options, chance, chance.Pick(kinds), histories);
            if (!TakesASilo.Contains(fault.Kind) || faults.Count(f => TakesASilo.Contains(f.Kind)) < options.Silos - 1)
            {
                faults.Add(fault);
            }
        }

        return [.. faults.OrderBy(static f => f.At)];
    }

    private static PlannedFault PlanFault(PlanOptions options, Chance chance, FaultKind kind, List<HistoryPlan> histories)
    {
        // Every other fault begins shortly before something is done.
        var operation = chance.Pick(chance.Pick(histories).Operations);
        var at = chance.OneIn(2)
            ? TimeSpan.FromMilliseconds(chance.Between(0, LastStartMilliseconds))
            : operation.At - TimeSpan.FromMilliseconds(chance.Between(0, 400));
        var silo = chance.Between(0, options.Silos);
        var other = kind is FaultKind.CutSilos or FaultKind.StallSilos or FaultKind.StallOneWay
            ? (silo + chance.Between(1, options.Silos)) % options.Silos
            : chance.Between(0, options.Clients);
        var leases = chance.Between(3, kind == FaultKind.PauseSilo ? 60 : 35) / 10.0;
        return new PlannedFault(kind, at > TimeSpan.Zero ? at : TimeSpan.Zero, options.Pace * leases, silo, other);
    }
}
