using OrleansTokens.Grains.Index;

namespace OrleansTokens.Storage.Conformance.GridIndex;

public abstract partial class GridIndexConformance
{
    [Fact]
    public async Task Find_WhenNothingIsStored_FindsNothing()
    {
        await AssertFindsAsync(Groups());
        await AssertFindsAsync(Projects(below: 1, search: "a", sort: NamespaceSort.Name));
        await AssertFindsAsync(Tokens());
        await AssertFindsAsync(Tokens(activeAt: Noon));
        Assert.Equal(0, await Index.GroupHeightAsync(1));
    }

    [Fact]
    public async Task Find_WhenAGroupAndAProjectShareAnId_KeepsThemApart()
    {
        await StoreAsync(Group(1, slug: "one"), Project(1, parent: 1, slug: "uno"), Project(2));

        await AssertFindsAsync(Groups(), 1);
        await AssertFindsAsync(Projects(), 1, 2);
        await AssertFindsAsync(Groups(search: "uno"));
    }

    [Fact]
    public async Task Find_ByParent_FindsDirectChildrenOnly()
    {
        await StoreAsync(Group(1), Group(2, parent: 1), Group(3, parent: 2), Group(4), Project(1, parent: 1), Project(2, parent: 2), Project(3));

        await AssertFindsAsync(Groups(parent: 0), 1, 4);
        await AssertFindsAsync(Groups(parent: 1), 2);
        await AssertFindsAsync(Projects(parent: 0), 3);
        await AssertFindsAsync(Projects(parent: 2), 2);
        await AssertFindsAsync(Groups(parent: 99));
    }

    [Fact]
    public async Task Find_BySubtree_FindsEveryDepthWithoutTheGroupItself()
    {
        await StoreAsync(Group(1), Group(2, parent: 1), Group(3, parent: 2), Group(4), Group(5, parent: 4));
        await StoreAsync(Project(1, parent: 1), Project(2, parent: 3), Project(3, parent: 5), Project(4));

        await AssertFindsAsync(Groups(below: 1), 2, 3);
        await AssertFindsAsync(Projects(below: 1), 1, 2);
        await AssertFindsAsync(Groups(below: 3));
        await AssertFindsAsync(Projects(below: 4, parent: 5), 3);
        await AssertFindsAsync(Projects(below: 4, parent: 3));
    }

    [Fact]
    public async Task Find_BySubtree_WhenAGroupMoves_FollowsIt()
    {
        await StoreAsync(Group(1), Group(2), Group(3, parent: 1), Project(1, parent: 3));

        await StoreAsync(Group(3, parent: 2, epoch: 2));

        await AssertFindsAsync(Projects(below: 1));
        await AssertFindsAsync(Projects(below: 2), 1);
    }

    [Fact]
    public async Task Find_BySubtree_WhenAGroupBetweenIsDeleted_FindsNothingBelowIt()
    {
        await StoreAsync(Group(1), Group(2, parent: 1), Project(1, parent: 2), Project(2, parent: 1));

        await StoreAsync(Group(2, parent: 1, epoch: 2) with { Deleted = true });

        await AssertFindsAsync(Groups(below: 1));
        await AssertFindsAsync(Projects(below: 1), 2);
    }

    [Fact]
    public async Task Find_BySubtree_WhenGroupsFormARing_Ends()
    {
        await StoreAsync(Group(1, parent: 3), Group(2, parent: 1), Group(3, parent: 2), Project(1, parent: 2));

        await AssertFindsAsync(Groups(below: 1), 2, 3);
        await AssertFindsAsync(Projects(below: 1), 1);
        Assert.Equal(GridIndexRules.MaxGroupHeight, await Index.GroupHeightAsync(1));
    }

    [Theory]
    [InlineData("ALPHA", 1, 2)]
    [InlineData("lph", 1, 2)]
    [InlineData("beta", 2)]
    [InlineData("a b", 1)]
    [InlineData("%", 3)]
    [InlineData("_", 4)]
    [InlineData("\\", 5)]
    [InlineData("'", 6)]
    [InlineData("*", 7)]
    [InlineData("ÄRGER", 8)]
    [InlineData("привет", 9)]
    [InlineData("ΣΊΣΥΦΟΣ", 10)]
    [InlineData("😀", 11)]
    [InlineData("alphabeta")]
    [InlineData("", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)]
    public async Task Find_BySearch_FindsTheTextLiterallyInNameOrSlugInAnyCase(string search, params int[] expected)
    {
        await StoreAsync(
            Project(1, slug: "x1", name: "Alpha B"),
            Project(2, slug: "alpha", name: "Beta"),
            Project(3, slug: "x3", name: "100 %"),
            Project(4, slug: "snake_case", name: "Snake"),
            Project(5, slug: "x5", name: "back\\slash"),
            Project(6, slug: "x6", name: "it's"),
            Project(7, slug: "x7", name: "st*r"),
            Project(8, slug: "x8", name: "Ärger"),
            Project(9, slug: "x9", name: "Привет"),
            Project(10, slug: "x10", name: "Σίσυφος"),
            Project(11, slug: "x11", name: "Smile 😀"));

        await AssertFindsAsync(Projects(search: search), [.. expected.Select(id => (long)id)]);
    }

    [Fact]
    public async Task Find_BySearchAndPlace_NeedsBoth()
    {
        await StoreAsync(Group(1), Group(2, parent: 1, name: "Red"), Group(3, name: "Red"), Group(4, parent: 2, name: "Blue red"));

        await AssertFindsAsync(Groups(search: "red"), 2, 3, 4);
        await AssertFindsAsync(Groups(search: "red", below: 1), 2, 4);
        await AssertFindsAsync(Groups(search: "red", parent: 1), 2);
    }

    [Theory]
    [InlineData(NamespaceSort.Id, 1, 2, 3, 4, 5)]
    [InlineData(NamespaceSort.Name, 4, 2, 5, 1, 3)]
    [InlineData(NamespaceSort.Path, 3, 1, 4, 5, 2)]
    [InlineData(NamespaceSort.CreatedAt, 5, 1, 4, 3, 2)]
    public async Task Find_Sorted_OrdersByTheColumnThenByIdAndDescendingIsTheReverse(NamespaceSort sort, params int[] order)
    {
        await StoreAsync(Group(9));
        await StoreAsync(
            Project(1, 9, "b", "same") with { CreatedAt = Noon.AddTicks(1) },
            Project(2, 9, "z", "Alpha") with { CreatedAt = Noon.AddDays(1) },
            Project(3, 9, "A", "Zulu") with { CreatedAt = new DateTimeOffset(2026, 3, 1, 14, 30, 0, TimeSpan.FromHours(2)) },
            Project(4, 9, "C", "aLPHA") with { Name = "ABC", CreatedAt = Noon.AddTicks(1) },
            Project(5, 9, "c", "SAME") with { CreatedAt = Noon });
        long[] ascending = [.. order.Select(id => (long)id)];
        ascending = sort == NamespaceSort.Name ? [4, 2, 1, 5, 3] : ascending;

        foreach (var query in new[] { Projects(sort: sort), Projects(parent: 9, sort: sort), Projects(below: 9, sort: sort) })
        {
            await AssertFindsAsync(query, ascending);
            await AssertFindsAsync(query with { Descending = true }, [.. ascending.Reverse()]);
        }
    }

    [Fact]
    public async Task Find_PageByPage_GivesEveryRowOnceAndTheSameTotal()
    {
        for (var id = 1; id <= 25; id++)
        {
            await Index.UpsertAsync(Group(id, name: "same"));
        }

        var seen = new List<long>();
        for (var offset = 0; offset < 40; offset += 10)
        {
            var page = await Index.FindAsync(Groups(sort: NamespaceSort.Name) with { Offset = offset, Limit = 10 });
            Assert.Equal(25, page.Total);
            seen.AddRange(page.Ids);
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(id => (long)id), seen);
        var countOnly = await Index.FindAsync(Groups() with { Limit = 0 });
        Assert.Empty(countOnly.Ids);
        Assert.Equal(25, countOnly.Total);
    }

    [Fact]
    public async Task Upsert_OfANewerEpoch_Replaces()
    {
        await StoreAsync(Project(1, parent: 1, slug: "old", name: "Old"));

        await StoreAsync(Project(1, parent: 2, slug: "new", name: "New", epoch: 2));

        await AssertFindsAsync(Projects(parent: 1));
        await AssertFindsAsync(Projects(search: "old"));
        await AssertFindsAsync(Projects(parent: 2, search: "new"), 1);
    }

    [Fact]
    public async Task Upsert_OfAnOlderEpoch_IsIgnoredAndTheSameEpochMayComeAgain()
    {
        await StoreAsync(Project(1, slug: "new", epoch: 5));

        await StoreAsync(Project(1, slug: "old", epoch: 4), Project(1, slug: "new", epoch: 5));

        await AssertFindsAsync(Projects(search: "new"), 1);
        await AssertFindsAsync(Projects(search: "old"));
    }

    [Fact]
    public async Task Upsert_AfterADeletion_CannotReviveWithAnOlderEpoch()
    {
        await StoreAsync(Project(1), Project(1, epoch: 3) with { Deleted = true });
        await StoreAsync(Project(2, epoch: 3) with { Deleted = true });

        await StoreAsync(Project(1, epoch: 2), Project(2, epoch: 2));
        await ReopenAsync();

        await AssertFindsAsync(Projects());
        await StoreAsync(Project(1, epoch: 4));
        await AssertFindsAsync(Projects(), 1);
    }

    [Fact]
    public async Task GroupHeight_OfATree_CountsLevelsOfLivingGroupsOnly()
    {
        await StoreAsync(Group(1), Group(2, parent: 1), Group(3, parent: 2), Group(4, parent: 1), Group(5, parent: 3));
        await StoreAsync(Project(1, parent: 5));

        Assert.Equal(3, await Index.GroupHeightAsync(1));
        Assert.Equal(2, await Index.GroupHeightAsync(2));
        Assert.Equal(0, await Index.GroupHeightAsync(4));
        Assert.Equal(0, await Index.GroupHeightAsync(5));
        await StoreAsync(Group(3, parent: 2, epoch: 2) with { Deleted = true });
        Assert.Equal(1, await Index.GroupHeightAsync(1));
    }
}
