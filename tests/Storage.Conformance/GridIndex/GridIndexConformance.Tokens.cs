using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Storage.Conformance.GridIndex;

public abstract partial class GridIndexConformance
{
    [Fact]
    public async Task Find_ByHolder_FindsItsTokensOnly()
    {
        await StoreAsync(
            Token(1, NamespaceKind.Project, 7), Token(2, NamespaceKind.Group, 7), Token(3, NamespaceKind.Project, 8), Token(4, NamespaceKind.Project, 7));

        await AssertFindsAsync(Tokens(), 1, 2, 3, 4);
        await AssertFindsAsync(Tokens(NamespaceKind.Project), 1, 3, 4);
        await AssertFindsAsync(Tokens(NamespaceKind.Project, 7), 1, 4);
        await AssertFindsAsync(Tokens(NamespaceKind.Group, 7), 2);
        await AssertFindsAsync(Tokens(NamespaceKind.Group, 8));
        await AssertFindsAsync(Tokens(NamespaceKind.Project, 7, descending: true), 4, 1);
    }

    [Fact]
    public async Task Find_ActiveAt_LeavesOutRevokedTokensAndThoseWhoseExpiryHasBegun()
    {
        await StoreAsync(
            Token(1), Token(2, expires: Noon), Token(3, expires: Noon.AddTicks(1)), Token(4, revoked: true),
            Token(5, expires: Noon.AddDays(1), revoked: true), Token(6, expires: new DateTimeOffset(2026, 3, 1, 13, 30, 0, TimeSpan.FromHours(1))));

        foreach (var query in new[] { Tokens(activeAt: Noon), Tokens(NamespaceKind.Project, activeAt: Noon), Tokens(NamespaceKind.Project, 1, Noon) })
        {
            await AssertFindsAsync(query, 1, 3, 6);
        }

        await AssertFindsAsync(Tokens(activeAt: Noon.AddTicks(-1)), 1, 2, 3, 6);
        await AssertFindsAsync(Tokens(activeAt: Noon.AddYears(1)), 1);
        await AssertFindsAsync(Tokens(activeAt: DateTimeOffset.MaxValue), 1);
    }

    [Fact]
    public async Task FindForJobs_OfAHolder_FindsItsActiveTokensOfTheSpecialNameLowestFirst()
    {
        await StoreAsync(
            ForJobs(9), ForJobs(3), Token(1), Token(2) with { Name = "Gitlab-Deploy-Token" }, ForJobs(4, expires: Noon),
            ForJobs(5, revoked: true), ForJobs(6) with { Deleted = true }, ForJobs(7) with { HolderId = 2 },
            ForJobs(8) with { HolderKind = NamespaceKind.Group }, ForJobs(10, expires: Noon.AddTicks(1)));
        var holder = new NamespaceId(NamespaceKind.Project, 1);

        Assert.Equal([3, 9, 10], await Index.FindForJobsAsync(holder, Noon, 100, TestContext.Current.CancellationToken));
        Assert.Equal([3, 9], await Index.FindForJobsAsync(holder, Noon, 2, TestContext.Current.CancellationToken));
        Assert.Empty(await Index.FindForJobsAsync(new NamespaceId(NamespaceKind.Group, 2), Noon, 100, TestContext.Current.CancellationToken));

        static TokenRow ForJobs(long id, DateTimeOffset? expires = null, bool revoked = false) =>
            Token(id, expires: expires, revoked: revoked) with { Name = DeployTokenVariables.Name };
    }

    [Fact]
    public async Task Find_AfterATokenChanges_CountsItInItsNewPlaceOnly()
    {
        await StoreAsync(Token(1, expires: Noon.AddDays(1)), Token(2, expires: Noon.AddDays(1)));

        await StoreAsync(Token(1, expires: Noon.AddDays(1), revoked: true, epoch: 2));
        await AssertFindsAsync(Tokens(activeAt: Noon), 2);
        await AssertFindsAsync(Tokens(), 1, 2);

        await StoreAsync(Token(2, expires: Noon, epoch: 2));
        await AssertFindsAsync(Tokens(activeAt: Noon));

        await StoreAsync(Token(2, NamespaceKind.Group, 9, epoch: 3));
        await AssertFindsAsync(Tokens(NamespaceKind.Project, 1), 1);
        await AssertFindsAsync(Tokens(NamespaceKind.Group, 9, Noon), 2);

        await StoreAsync(Token(1, epoch: 3) with { Deleted = true }, Token(2, epoch: 4) with { Deleted = true });
        await AssertFindsAsync(Tokens());
        await AssertFindsAsync(Tokens(NamespaceKind.Group));
    }

    [Fact]
    public async Task Upsert_OfATokenAfterItsDeletion_CannotReviveWithAnOlderEpoch()
    {
        await StoreAsync(Token(1, epoch: 2) with { Deleted = true });

        await StoreAsync(Token(1));
        await ReopenAsync();
        await StoreAsync(Token(1));

        await AssertFindsAsync(Tokens());
    }

    [Fact]
    public async Task Upsert_OfTheSameTokenAgain_CountsItOnce()
    {
        await StoreAsync(Token(1), Token(1), Token(1, epoch: 2), Token(1, epoch: 2));

        await AssertFindsAsync(Tokens(), 1);
        await AssertFindsAsync(Tokens(NamespaceKind.Project, 1, Noon), 1);
    }

    [Fact]
    public async Task Upsert_ByManyAtOnce_KeepsTheNewestOfEachAndCountsRight()
    {
        const int Rows = 50;
        await Parallel.ForEachAsync(Enumerable.Range(0, Rows * 10), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (n, ct) =>
        {
            // Epochs arrive out of order, the last of them revoked for every other token.
            var epoch = 1 + (n * 7 % 10);
            var id = 1 + (n / 10);
            await Index.UpsertAsync(Token(id, holder: 1 + (epoch % 3), revoked: epoch == 10 && id % 2 == 0, epoch: epoch), ct);
        });

        Assert.Equal(Rows, (await Index.FindAsync(Tokens(NamespaceKind.Project, 2))).Total);
        Assert.Equal(0, (await Index.FindAsync(Tokens(NamespaceKind.Project, 1))).Total);
        Assert.Equal(Rows / 2, (await Index.FindAsync(Tokens(activeAt: Noon))).Total);
    }

    [Fact]
    public async Task Find_OfTokensPageByPage_GivesEveryTokenOnceAndTheSameTotal()
    {
        await StoreAsync([.. Enumerable.Range(1, 25).Select(id => Token(id))]);

        var middle = await Index.FindAsync(Tokens(NamespaceKind.Project, 1, Noon, descending: true, offset: 10, limit: 10));
        var last = await Index.FindAsync(Tokens(NamespaceKind.Project, 1, Noon, descending: true, offset: 20, limit: 10));
        var past = await Index.FindAsync(Tokens(offset: 30, limit: 10));

        Assert.Equal([15, 14, 13, 12, 11, 10, 9, 8, 7, 6], middle.Ids);
        Assert.Equal([5, 4, 3, 2, 1], last.Ids);
        Assert.Empty(past.Ids);
        Assert.All([middle, last, past], page => Assert.Equal(25, page.Total));
    }

    [Fact]
    public async Task Any_OutOfRange_IsRefusedAndNamesTheField()
    {
        await AssertRefusedAsync("HolderId", () => Index.FindAsync(Tokens(holder: 1)));
        await AssertRefusedAsync("HolderId", () => Index.FindAsync(Tokens(NamespaceKind.Group, 0)));
        await AssertRefusedAsync("HolderKind", () => Index.FindAsync(Tokens((NamespaceKind)3)));
        await AssertRefusedAsync("HolderKind", () => Index.FindAsync(Tokens(NamespaceKind.None)));
        await AssertRefusedAsync("limit", () => Index.FindAsync(Tokens(limit: -1)));
        await AssertRefusedAsync("limit", () => Index.FindAsync(Tokens(limit: GridIndexRules.MaxLimit + 1)));
        await AssertRefusedAsync("offset", () => Index.FindAsync(Groups() with { Offset = -1 }));
        await AssertRefusedAsync("Sort", () => Index.FindAsync(Groups(sort: (NamespaceSort)9)));
        await AssertRefusedAsync("Kind", () => Index.FindAsync(Groups() with { Kind = 0 }));
        await AssertRefusedAsync("Id", () => Index.UpsertAsync(Group(0)));
        await AssertRefusedAsync("ParentId", () => Index.UpsertAsync(Group(1, parent: -1)));
        await AssertRefusedAsync("HolderId", () => Index.UpsertAsync(Token(1, holder: 0)));
        await AssertRefusedAsync("Id", () => Index.UpsertAsync(Token(0)));
        await AssertFindsAsync(Tokens());

        static async Task AssertRefusedAsync(string field, Func<Task> ask)
        {
            var refusal = await Assert.ThrowsAnyAsync<ArgumentException>(ask);
            Assert.Contains(field, refusal.Message, StringComparison.Ordinal);
        }
    }
}
