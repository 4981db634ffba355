using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Crashes;

public sealed class UnreadableStateTests(Grid grid) : IClassFixture<Grid>
{
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
        Assert.Superset(new HashSet<string> { "application-settings", "deploy-token", "project", "group" }, types);
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
}
