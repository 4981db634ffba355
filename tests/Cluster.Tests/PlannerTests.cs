using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;

namespace OrleansTokens.Cluster.Tests;

public sealed class PlannerTests
{
    private static readonly PlanOptions Options = new(
        Seed: 7, Histories: 50, Silos: 3, Clients: 2, TimeSpan.FromMilliseconds(600), FaultNames.Parse("all"), SkewedClocks: false);

    [Fact]
    public void Plan_WhenAskedTwice_IsTheSame() => Assert.Equal(Text(Planner.Plan(Options, 3)), Text(Planner.Plan(Options, 3)));

    [Fact]
    public void Plan_OfAnotherRoundOrSeed_IsAnother()
    {
        Assert.NotEqual(Text(Planner.Plan(Options, 3)), Text(Planner.Plan(Options, 4)));
        Assert.NotEqual(Text(Planner.Plan(Options, 3)), Text(Planner.Plan(Options with { Seed = 8 }, 3)));
    }

    [Fact]
    public void Plan_OfEveryHistory_TakesARightFromSomebodyWhoIsAsking()
    {
        var histories = Enumerable.Range(0, 40).SelectMany(static round => Planner.Plan(Options, round).Histories);
        Assert.All(histories, static history =>
        {
            var worlds = new List<World> { history.Start };
            foreach (var planned in history.Operations)
            {
                worlds.Add(planned.Operation.Apply(worlds[^1]));
            }

            Assert.Contains(history.Subjects, subject => worlds.Zip(worlds.Skip(1)).Any(
                step => step.First.Entitles(subject) && !step.Second.Entitles(subject)));
        });
    }

    [Fact]
    public void Plan_OfManyRounds_HasEveryFaultAndEveryOperation()
    {
        var rounds = Enumerable.Range(0, 200).Select(static round => Planner.Plan(Options, round)).ToList();
        Assert.Equal(
            Enum.GetValues<FaultKind>().Where(static kind => kind is not (FaultKind.Clocks or FaultKind.Duplicates)),
            rounds.SelectMany(static r => r.Faults).Select(static f => f.Kind).Distinct().Order());
        Assert.Equal(
            Enum.GetValues<OperationKind>(),
            rounds.SelectMany(static r => r.Histories).SelectMany(static h => h.Operations).Select(static o => o.Operation.Kind).Distinct().Order());
    }

    private static string Text(RoundPlan plan) => string.Join(
        '\n',
        plan.Faults.Select(static fault => fault.ToString())
            .Concat(plan.Histories.Select(static h => $"{h.Name}: {string.Join(", ", h.Operations)}; {string.Join(", ", h.Subjects)}")));
}
