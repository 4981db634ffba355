using OrleansTokens.Grains.Tests.Fixture;

namespace OrleansTokens.Grains.Tests.Crashes;

public sealed class IdTests
{
    [Theory]
    [InlineData(FaultMode.NotApplied)]
    [InlineData(FaultMode.Applied)]
    public async Task Ids_WhenABlockCannotBeTaken_AreNeverHandedOutTwice(FaultMode mode)
    {
        await using var grid = await Grid.StartAsync();
        var ids = new List<long>();
        foreach (var kind in new[] { StepKind.ReadState, StepKind.WriteState })
        {
            await grid.RestartAsync(); // A new silo takes a new block.
            grid.Faults.FailOnce(new GridStep(kind, "id-block", 1), mode);
            await Making.RefusedAsync(ErrorCode.Unavailable, () => grid.GroupAsync());
            Assert.True(grid.Faults.Happened);
            for (var i = 0; i <= Limits.IdBlockSize; i++)
            {
                ids.Add((await grid.GroupAsync()).Value);
            }
        }

        Assert.Equal(ids.Order().Distinct(), ids);
    }

    [Fact]
    public async Task Ids_WhenTheSiloIsKilled_AreNeverHandedOutTwice()
    {
        await using var grid = await Grid.StartAsync();
        var first = await grid.GroupAsync();
        await grid.DeleteAsync(first.AsNamespace);
        await grid.KillAsync();
        Assert.True((await grid.GroupAsync()).Value > first.Value);
    }
}
