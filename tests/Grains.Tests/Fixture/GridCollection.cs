namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>Tests that share a grid and run one after the other. Each makes what it needs under names of its own.</summary>
[CollectionDefinition(Name)]
public sealed class GridCollection : ICollectionFixture<Grid>
{
    public const string Name = "one grid";
}

/// <summary>A test on the shared grid. It begins without faults, whatever the test before it left behind.</summary>
[Collection(GridCollection.Name)]
public abstract class GridTest
{
    protected GridTest(Grid grid)
    {
        Grid = grid;
        grid.Faults.Clear();
        grid.Calls.Clear();
    }

    protected Grid Grid { get; }
}
