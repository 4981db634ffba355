using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Namespaces;

public sealed class ConcurrencyTests(Grid shared) : GridTest(shared)
{
    [Fact]
    public async Task Transfer_OfTwoGroupsBelowEachOther_MovesOneOfThem()
    {
        for (var round = 0; round < 10; round++)
        {
            var (one, two) = (await Grid.GroupAsync(), await Grid.GroupAsync());
            var outcomes = await Task.WhenAll(
                Outcome.OfAsync(() => Grid.TransferAsync(one.AsNamespace, two)), Outcome.OfAsync(() => Grid.TransferAsync(two.AsNamespace, one)));
            Assert.Single(outcomes, static o => o is null);
            Assert.Single(outcomes, static o => o == ErrorCode.Conflict);
            await Grid.DeactivateAllAsync();
            Assert.Equal(3, (await Grid.GetAsync(one.AsNamespace))!.Lineage.Nodes.Length + (await Grid.GetAsync(two.AsNamespace))!.Lineage.Nodes.Length);
        }
    }

    [Fact]
    public async Task Transfer_OfTwoGroupsBelowEachOther_WaitsForTheWriteOfTheFirst()
    {
        var (one, two) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var held = Grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "group", Nth: 2 });
        var first = Grid.TransferAsync(one.AsNamespace, two);
        await held.Reached;
        var second = Outcome.OfAsync(() => Grid.TransferAsync(two.AsNamespace, one));
        held.Release();
        Assert.Equal(2, (await first).Lineage.Nodes.Length);
        Assert.Equal(ErrorCode.Conflict, await second);
    }

    [Fact]
    public async Task Transfer_WhenTheOneBeforeIsStillBeingStoredAndNobodyWaitsForIt_StillWaits()
    {
        await using var grid = new Grid { ResponseTimeout = TimeSpan.FromMilliseconds(500) };
        await grid.InitializeAsync();
        var (one, two) = (await grid.GroupAsync(), await grid.GroupAsync());
        var held = grid.Faults.Hold(static s => s is { Kind: StepKind.WriteState, GrainType: "group", Nth: 2 });
        await Making.RefusedAsync(ErrorCode.Unavailable, () => grid.TransferAsync(one.AsNamespace, two));
        await held.Reached;
        await Making.RefusedAsync(ErrorCode.Unavailable, () => grid.TransferAsync(two.AsNamespace, one));
        held.Release();
        await Patience.UntilAsync(
            async () => await Outcome.OfAsync(() => grid.TransferAsync(two.AsNamespace, one)) == ErrorCode.Conflict, "the first move has ended");
        Assert.Equal(two, (await grid.GetAsync(one.AsNamespace))!.Parent);
        Assert.True((await grid.GetAsync(two.AsNamespace))!.Parent.IsNone);
    }

    [Fact]
    public async Task Transfer_OfManyGroupsAtRandom_NeverClosesACircle()
    {
        var groups = new List<GroupId>();
        for (var i = 0; i < 6; i++)
        {
            groups.Add(await Grid.GroupAsync());
        }

        for (var round = 0; round < 8; round++)
        {
            await Task.WhenAll(groups.Select((group, i) => Outcome.OfAsync(
                () => Grid.TransferAsync(group.AsNamespace, groups[((i * (round + 1)) + 1 + round) % groups.Count]))));
            foreach (var group in groups)
            {
                Assert.InRange((await Grid.GetAsync(group.AsNamespace))!.Lineage.Nodes.Length, 1, groups.Count);
            }
        }
    }

    [Fact]
    public async Task Rename_OfTwoToEachOthersNames_EndsAndBothKeepAName()
    {
        var (one, two) = (Making.Fresh("a"), Making.Fresh("b"));
        var (first, second) = ((await Grid.GroupAsync(slug: one)).AsNamespace, (await Grid.GroupAsync(slug: two)).AsNamespace);
        for (var round = 0; round < 20; round++)
        {
            var outcomes = await Task.WhenAll(
                Outcome.OfAsync(() => Grid.RenameAsync(first, round % 2 == 0 ? two : one)),
                Outcome.OfAsync(() => Grid.RenameAsync(second, round % 2 == 0 ? one : two)),
                Outcome.OfAsync(() => Grid.RenameAsync(first, round % 3 == 0 ? one : two)));
            Assert.All(outcomes, static o => Assert.True(o is null or ErrorCode.PathTaken, o.ToString()));
            var (a, b) = ((await Grid.GetAsync(first))!.FullPath, (await Grid.GetAsync(second))!.FullPath);
            Assert.NotEqual(a, b);
            Assert.Equal(first, (await Grid.ResolveAsync(a)).Target);
            Assert.Equal(second, (await Grid.ResolveAsync(b)).Target);
        }
    }

    [Fact]
    public async Task Rename_InARing_EndsAndAllKeepAName()
    {
        var group = await Grid.GroupAsync();
        var names = Enumerable.Range(0, 5).Select(_ => Making.Fresh("n")).ToList();
        var projects = new List<NamespaceId>();
        foreach (var name in names)
        {
            projects.Add((await Grid.ProjectAsync(group, name)).AsNamespace);
        }

        for (var round = 0; round < 10; round++)
        {
            var next = names.Select((_, i) => names[(i + 1 + round) % names.Count]).ToList();
            await Task.WhenAll(projects.Select((project, i) => Outcome.OfAsync(() => Grid.RenameAsync(project, next[i]))));
            var paths = await Task.WhenAll(projects.Select(async project => (await Grid.GetAsync(project))!.FullPath));
            Assert.Equal(paths.Length, paths.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            foreach (var (path, project) in paths.Zip(projects))
            {
                Assert.Equal((project, false), ((await Grid.ResolveAsync(path)).Target, (await Grid.ResolveAsync(path)).Redirected));
            }
        }
    }
}
