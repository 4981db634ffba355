using OrleansTokens.Grains.Tests.Fixture;
using Xunit.Sdk;

namespace OrleansTokens.Grains.Tests.Crashes;

/// <summary>
/// Every operation of several steps fails at every one of them, in every way. Which steps there are is counted, not listed: a step that
/// is added is tried as well.
/// </summary>
public sealed class FaultTests(Grid shared, ITestOutputHelper output) : GridTest(shared)
{
    private static readonly Dictionary<string, Func<Grid, Scenario>> Scenarios = new()
    {
        [nameof(CreateGroup)] = static grid => new CreateGroup(grid),
        [nameof(CreateProject)] = static grid => new CreateProject(grid),
        [nameof(RenameProject)] = static grid => new RenameProject(grid),
        [nameof(TransferProject)] = static grid => new TransferProject(grid),
        [nameof(TransferGroup)] = static grid => new TransferGroup(grid),
        [nameof(Archive)] = static grid => new Archive(grid),
        [nameof(Delete)] = static grid => new Delete(grid),
        [nameof(Issue)] = static grid => new Issue(grid),
        [nameof(Revoke)] = static grid => new Revoke(grid),
        [nameof(RevokeAll)] = static grid => new RevokeAll(grid),
        [nameof(MoveOutOfRevoked)] = static grid => new MoveOutOfRevoked(grid),
        [nameof(Destroy)] = static grid => new Destroy(grid),
        [nameof(ChangeAdministrator)] = static grid => new ChangeAdministrator(grid),
        [nameof(AbandonAdministrator)] = static grid => new AbandonAdministrator(grid),
        [nameof(MakeOperator)] = static grid => new MakeOperator(grid),
        [nameof(RenameOperator)] = static grid => new RenameOperator(grid),
        [nameof(IssueOperatorTokens)] = static grid => new IssueOperatorTokens(grid),
        [nameof(RotateOperatorToken)] = static grid => new RotateOperatorToken(grid),
        [nameof(RevokeOperatorToken)] = static grid => new RevokeOperatorToken(grid),
        [nameof(JoinGroup)] = static grid => new JoinGroup(grid),
        [nameof(LeaveGroup)] = static grid => new LeaveGroup(grid),
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    public static MatrixTheoryData<string, FaultMode> NamesAndModes => new(Scenarios.Keys, Enum.GetValues<FaultMode>());

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public async Task Operation_WhenAnyStepFails_IsDoneOrCanBeRepeated(string name, FaultMode mode)
    {
        var steps = await StepsAsync(Scenarios[name]);
        output.WriteLine($"{steps.Count} steps: {string.Join(", ", steps)}");
        foreach (var step in steps)
        {
            try
            {
                await FailAsync(Scenarios[name](Grid), step, mode);
            }
            catch (Exception fault)
            {
                throw new XunitException($"{name}, {mode}: {step}", fault);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Operation_WhenTheSiloIsKilledAtAnyWrite_IsDoneOrCanBeRepeated(string name)
    {
        await using var grid = await Grid.StartAsync();
        foreach (var step in (await StepsAsync(Scenarios[name])).Where(static s => s.Kind is StepKind.WriteState or StepKind.WriteIndex))
        {
            try
            {
                await KillAsync(grid, Scenarios[name](grid), step);
            }
            catch (Exception fault)
            {
                throw new XunitException($"{name}, killed: {step}", fault);
            }
        }
    }

    /// <summary>The steps of an operation whose grains know nothing yet. Blocks of ids are taken once for many operations: see <see cref="IdTests"/>.</summary>
    private async Task<IReadOnlyList<GridStep>> StepsAsync(Func<Grid, Scenario> make)
    {
        var scenario = make(Grid);
        await scenario.ArrangeAsync();
        await Grid.DeactivateAllAsync();
        Grid.Faults.Clear();
        await scenario.ActAsync();
        await scenario.QuietAsync();
        var steps = Grid.Faults.Steps.Where(static s => s.GrainType != "id-block").ToList();
        Assert.NotEmpty(steps);
        return steps;
    }

    private async Task FailAsync(Scenario scenario, GridStep step, FaultMode mode)
    {
        Grid.Faults.Clear();
        await scenario.ArrangeAsync();
        await Grid.DeactivateAllAsync();
        Grid.Faults.FailOnce(step, mode);
        var code = await Outcome.OfAsync(scenario.ActAsync);
        Assert.True(code is null or ErrorCode.Unavailable, $"It reported {code}.");
        await Patience.UntilAsync(() => Grid.Faults.Happened, "the step was reached");
        Grid.Faults.Clear();
        if (mode is FaultMode.NotApplied or FaultMode.Applied)
        {
            // An activation that failed to begin refuses whom it had kept waiting, and is gone then.
            await Patience.UntilAsync(
                async () => await Outcome.OfAsync(() => scenario.CheckAsync(acknowledged: code is null)) != ErrorCode.Unavailable,
                "the grid answered again");
        }

        await Grid.DeactivateAllAsync();
        await scenario.CheckAsync(acknowledged: code is null);
        await scenario.RetryAsync();
        await scenario.QuietAsync();
    }

    private static async Task KillAsync(Grid grid, Scenario scenario, GridStep step)
    {
        grid.Faults.Clear();
        await scenario.ArrangeAsync();
        await grid.DeactivateAllAsync();
        var held = grid.Faults.Hold(step.Equals);
        var acting = Outcome.OfAsync(scenario.ActAsync);
        await held.Reached;
        var acknowledged = acting.IsCompletedSuccessfully && acting.Result is null; // Where the step is one in the background.
        await grid.KillAsync();
        held.Release(fail: true);
        await scenario.CheckAsync(acknowledged);
        await scenario.RetryAsync();
        await scenario.QuietAsync();
    }
}
