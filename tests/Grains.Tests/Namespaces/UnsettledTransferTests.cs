using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Namespaces;

/// <summary>A move that failed is in nobody's way but of those who would have to know how it ended.</summary>
public sealed class UnsettledTransferTests(Grid shared) : GridTest(shared)
{
    private const string Nonsense = """{"status":99}""";

    [Fact]
    public async Task Transfer_AfterOneWasRefused_NeedsNothingOfItsGroup()
    {
        var refused = await Grid.GroupAsync(await Grid.GroupAsync());
        var below = await Grid.GroupAsync(refused);
        await Making.RefusedAsync(ErrorCode.Conflict, () => Grid.TransferAsync(refused.AsNamespace, below));
        await BreakAsync(refused);
        await OthersMoveAsync();
    }

    [Fact]
    public async Task Transfer_AfterOneOfAGroupThatCannotBeRead_GoesOn()
    {
        var (broken, to) = (await Grid.GroupAsync(await Grid.GroupAsync()), await Grid.GroupAsync());
        await BreakAsync(broken);
        for (var i = 0; i < 2; i++)
        {
            await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.TransferAsync(broken.AsNamespace, to));
            await OthersMoveAsync();
        }
    }

    [Fact]
    public async Task Transfer_AfterOneThatFailedHalfway_FinishesThatFirstWhereItLeadsBelowIt()
    {
        var (moving, to, old) = (await Grid.GroupAsync(), await Grid.GroupAsync(), await Grid.GroupAsync());
        await Grid.TransferAsync(moving.AsNamespace, old);
        Grid.Faults.FailOnce(new GridStep(StepKind.WriteState, "path-entry", 2), FaultMode.NotApplied);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => Grid.TransferAsync(moving.AsNamespace, to));
        Assert.True(Grid.Faults.Happened);
        Grid.Faults.Clear();
        await Grid.TransferAsync(old.AsNamespace, moving);
        Assert.Equal(to, (await Grid.GetAsync(moving.AsNamespace))!.Parent);
        Assert.DoesNotContain("\"handover\"", Grid.Storage.Payload(Making.NodeGrain(moving.AsNamespace))!, StringComparison.Ordinal);
        Assert.Equal(3, (await Grid.GetAsync(old.AsNamespace))!.Lineage.Nodes.Length);
    }

    private async Task BreakAsync(GroupId group)
    {
        await Grid.DeactivateAsync(group.AsNamespace);
        Grid.Storage.Overwrite(Making.NodeGrain(group.AsNamespace), Nonsense);
    }

    private async Task OthersMoveAsync()
    {
        var (other, to) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        Assert.Equal(to, (await Grid.TransferAsync(other.AsNamespace, to)).Parent);
    }
}
