using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Faulty;

public sealed class FaultTests(Grid grid, ITestOutputHelper output) : IClassFixture<Grid>
{
    public static TheoryData<string, FaultMode> Cases()
    {
        string[] scenarios =
        [
            nameof(CreateProject), nameof(RenameProject), nameof(TransferGroup), nameof(ArchiveGroup), nameof(DeleteProject), nameof(IssueToken),
            nameof(RevokeToken), nameof(DestroyToken), nameof(ChangeAdministrator),
        ];
        var cases = new TheoryData<string, FaultMode>();
        foreach (var scenario in scenarios)
        {
            foreach (var mode in Enum.GetValues<FaultMode>())
            {
                cases.Add(scenario, mode);
            }
        }

        return cases;
    }

    /// <summary>Which steps there are is found by doing the operation once without a fault, so that none can be forgotten.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Operation_WhenAnyOfItsStepsFails_LosesNothingAndCanBeRepeated(string scenario, FaultMode mode)
    {
        var steps = await StepsOfAsync(scenario);
        Assert.NotEmpty(steps);
        foreach (var step in steps)
        {
            var run = Scenario.Of(scenario, grid);
            await run.PrepareAsync();
            await grid.DeactivateAllAsync();
            grid.Faults.FailOnce(step, mode);
            var acknowledged = await IsAcknowledgedAsync(run, step);
            grid.Faults.Clear();
            if (mode is FaultMode.PowerCutBefore or FaultMode.PowerCutAfter)
            {
                await grid.DeactivateAllAsync();
            }

            output.WriteLine($"{step}: {(acknowledged ? "acknowledged" : "unavailable")}");
            await run.CheckAsync(acknowledged);
        }
    }

    [Fact]
    public async Task Validate_WhenAnyReadFails_IsUnavailableAndNeverAnythingElse()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync(await grid.GroupAsync()));
        var issued = await grid.TokenAsync(project.AsNamespace);
        Assert.True((await grid.ValidateAsync(issued)).Allowed); // The gate has its keys from here on.
        await grid.DeactivateAllAsync();
        grid.Faults.Clear();
        Assert.True((await grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Allowed);
        var types = grid.Faults.Steps.Where(static s => s.Kind == StepKind.ReadState).Select(static s => s.GrainType).ToHashSet();
        Assert.Superset(new HashSet<string> { "deploy-token", "project", "group" }, types);
        foreach (var type in types)
        {
            await grid.DeactivateAllAsync();
            grid.Faults.FailAll(step => step.Kind == StepKind.ReadState && step.GrainType == type);
            var fault = await Record.ExceptionAsync(() => grid.ValidateAsync(issued, RegistryAction.PullImage, project));
            Assert.True(fault is TokenAuthorityException { Code: ErrorCode.Unavailable }, $"{type} cannot be read: {fault}");
            grid.Faults.Clear();
            Assert.True((await grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Allowed);
        }
    }

    [Fact]
    public async Task State_WhenItCannotBe_IsUnavailableAndNotOverwritten()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var issued = await grid.TokenAsync(project.AsNamespace);
        var grain = grid.Grains.GetGrain<OrleansTokens.DeployTokens.IDeployTokenGrain>(issued.Token.Id.Value).GetGrainId();
        await grid.DeactivateAllAsync();
        const string NoScopes = """{"status":1,"holder_kind":2,"holder_id":1,"epoch":1}""";
        grid.Storage.Overwrite(grain, NoScopes);
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(() => grid.ValidateAsync(issued))).Code);
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(() => grid.RevokeAsync(issued.Token.Id))).Code);
        Assert.Equal(NoScopes, grid.Storage.Payload(grain));
    }

    [Fact]
    public async Task Silo_WhenKilled_WhatWasAcknowledgedIsThereOnTheNext()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var (alive, revoked) = (await grid.TokenAsync(project.AsNamespace), await grid.TokenAsync(project.AsNamespace));
        await grid.RevokeAsync(revoked.Token.Id);
        await grid.KillAsync();
        Assert.True((await grid.ValidateAsync(alive, RegistryAction.PullImage, project)).Allowed);
        Assert.Equal(DenyReason.TokenRevoked, (await grid.ValidateAsync(revoked)).Reason);
    }

    private async Task<IReadOnlyList<GridStep>> StepsOfAsync(string scenario)
    {
        var dry = Scenario.Of(scenario, grid);
        await dry.PrepareAsync();
        await grid.DeactivateAllAsync();
        grid.Faults.Clear();
        await dry.OperateAsync();
        var steps = grid.Faults.Steps;
        await dry.CheckAsync(acknowledged: true);
        return steps;
    }

    private async Task<bool> IsAcknowledgedAsync(Scenario run, GridStep step)
    {
        try
        {
            await run.OperateAsync();
            return true;
        }
        catch (TokenAuthorityException fault) when (fault.Code == ErrorCode.Unavailable)
        {
            Assert.True(grid.Faults.Happened, $"{step} did not come about, and the operation was unavailable: {fault.Message}");
            return false;
        }
        catch (Exception fault) when (fault is not TokenAuthorityException && run is ChangeAdministrator)
        {
            return false; // At start the host asks the grain itself, without the client that gives every fault one code.
        }
    }
}
