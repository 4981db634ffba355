using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Crashes;

/// <summary>A fault of one record hides that record, and no other.</summary>
public sealed class UnreadableListTests(Grid shared) : GridTest(shared)
{
    private const string Nonsense = """{"status":99}""";

    [Fact]
    public async Task List_WhenTheRecordOfOneNodeCannotBe_LeavesItOutAndCountsIt()
    {
        var group = await Grid.GroupAsync();
        var (broken, whole) = (await Grid.ProjectAsync(group), await Grid.ProjectAsync(group));
        await Grid.DeactivateAllAsync();
        Grid.Storage.Overwrite(Making.NodeGrain(broken.AsNamespace), Nonsense);
        var page = await NodesAsync(group);
        Assert.Equal([whole.AsNamespace], page.Items.Select(static n => n.Id));
        Assert.Equal(2, page.Total);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.GetAsync(broken.AsNamespace));
        Assert.Equal(Nonsense, Grid.Storage.Payload(Making.NodeGrain(broken.AsNamespace)));
    }

    [Fact]
    public async Task List_WhenTheRecordOfOneTokenCannotBe_LeavesItOutAndCountsIt()
    {
        var group = await Grid.GroupAsync();
        var (broken, whole) = (await Grid.TokenAsync(group.AsNamespace), await Grid.TokenAsync(group.AsNamespace));
        await Grid.DeactivateAllAsync();
        Grid.Storage.Overwrite(Making.TokenGrain(broken.Token.Id), Nonsense);
        var page = await TokensAsync(group);
        Assert.Equal([whole.Token.Id], page.Items.Select(static t => t.Id));
        Assert.Equal(2, page.Total);
    }

    [Fact]
    public async Task List_WhenAnEntryCannotBeMended_ShowsTheOthers()
    {
        var group = await Grid.GroupAsync();
        var (left, stayed) = (await Grid.ProjectAsync(group), await Grid.ProjectAsync(group));
        await Grid.TransferAsync(left.AsNamespace, await Grid.GroupAsync());
        await Grid.Index.UpsertAsync(Grid.Index.Row(left.AsNamespace)! with { ParentId = group.Value });
        Grid.Faults.FailAll(static s => s is { Kind: StepKind.WriteIndex, GrainType: "namespaces" });
        var page = await NodesAsync(group);
        Assert.True(Grid.Faults.Happened);
        Assert.Equal([stayed.AsNamespace], page.Items.Select(static n => n.Id));
        Assert.Equal(1, page.Total);
    }

    [Fact]
    public async Task List_WhenAnEntryIsRefusedOnce_HasIt()
    {
        var group = await Grid.GroupAsync();
        var (one, two) = (await Grid.ProjectAsync(group), await Grid.ProjectAsync(group));
        await Grid.DeactivateAllAsync();
        Grid.Faults.FailOnce(new GridStep(StepKind.ReadState, "project", 1), FaultMode.NotApplied);
        Assert.Equal([one.AsNamespace, two.AsNamespace], (await NodesAsync(group)).Items.Select(static n => n.Id));
        Assert.True(Grid.Faults.Happened);
    }

    [Theory]
    [InlineData("project")]
    [InlineData("deploy-token")]
    public async Task List_WhenStorageIsDownAltogether_IsUnavailableAndNotEmpty(string grainType)
    {
        var group = await Grid.GroupAsync();
        for (var i = 0; i < 3; i++)
        {
            await Grid.ProjectAsync(group);
            await Grid.TokenAsync(group.AsNamespace);
        }

        await Grid.DeactivateAllAsync();
        Grid.Faults.FailAll(step => step.Kind == StepKind.ReadState && step.GrainType == grainType);
        await Making.RefusedAsync(
            ErrorCode.Unavailable, grainType == "project" ? () => NodesAsync(group) : () => TokensAsync(group));
    }

    private Task<NamespacePage> NodesAsync(GroupId group) => Grid.Administration.ListNamespacesAsync(
        new ListNamespaces(NamespaceKind.Project, group, null, false, null, NamespaceOrder.Id, false, 0, 10));

    private Task<DeployTokenPage> TokensAsync(GroupId group) =>
        Grid.Administration.ListTokensAsync(new ListDeployTokens(group.AsNamespace, false, 0, 10));
}
