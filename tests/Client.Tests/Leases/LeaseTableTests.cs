using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

public sealed class LeaseTableTests
{
    private const long Now = 1_000_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(5_000)]
    public async Task Table_WhenManyAddAtOnce_NeverHoldsMoreThanItMay(int capacity)
    {
        const int PerThread = 20_000;
        using var metrics = new ClientMetrics(null);
        var table = new LeaseTable(capacity, metrics);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                var lease = LeaseOf((UInt128)Scatter((thread * PerThread) + i));
                table.Add(lease, Now, Now);
                table.Find(lease.Key)?.Touch();
                Assert.InRange(table.Count, 0, capacity + 4); // What is being added counts already.
            }
        })));
        Assert.Equal(capacity, table.Count);
        Assert.Equal(capacity, Enumerable.Range(0, 4 * PerThread).Count(i => table.Find((UInt128)Scatter(i)) is not null));
    }

    [Fact]
    public void Table_WhenLeasesHaveEnded_LetsThemGoBeforeOthers()
    {
        const int Capacity = 100;
        using var metrics = new ClientMetrics(null);
        var table = new LeaseTable(Capacity, metrics);
        for (var i = 0; i < Capacity; i++)
        {
            table.Add(LeaseOf((UInt128)Scatter(i), Now), Now, Now);
            table.Find((UInt128)Scatter(i))!.Touch();
        }

        var later = Now + Length.Ticks;
        for (var i = Capacity; i < 2 * Capacity; i++)
        {
            table.Add(LeaseOf((UInt128)Scatter(i), later), later, later);
        }

        Assert.All(Enumerable.Range(Capacity, Capacity), i => Assert.NotNull(table.Find((UInt128)Scatter(i))));
    }

    [Fact]
    public void Table_WhenNothingNewCame_KeepsWhatWasUsedBeforeWhatWasNot()
    {
        const int Capacity = 1000;
        using var metrics = new ClientMetrics(null);
        var table = new LeaseTable(Capacity, metrics);
        for (var i = 0; i < Capacity; i++)
        {
            table.Add(LeaseOf((UInt128)Scatter(i)), Now, Now);
            if (i % 10 == 0)
            {
                table.Find((UInt128)Scatter(i))!.Touch();
            }
        }

        for (var i = Capacity; i < Capacity + (Capacity / 2); i++)
        {
            table.Add(LeaseOf((UInt128)Scatter(i)), Now, Now);
        }

        var kept = Enumerable.Range(0, Capacity / 10).Count(i => table.Find((UInt128)Scatter(10 * i)) is not null);
        Assert.InRange(kept, 90, Capacity / 10); // Of the others, less than half are left.
    }

    [Fact]
    public void Decisions_ThatAreEqual_AreOneObject()
    {
        using var metrics = new ClientMetrics(null);
        var table = new LeaseTable(1000, metrics);
        for (var i = 0; i < 100; i++)
        {
            table.Add(LeaseOf((UInt128)Scatter(i), Now, DecisionOf(i % 10, i % 2)), Now, Now);
        }

        var decisions = Enumerable.Range(0, 100).Select(i => table.Find((UInt128)Scatter(i))!.Decision).ToList();
        Assert.Equal(10, decisions.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(10, decisions.Select(static d => d.Principal).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(2, decisions.Select(static d => d.Resource).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(DecisionOf(i % 10, i % 2), decisions[i]));
    }

    [Fact]
    public void Lease_OfANewerEpoch_IsNotReplacedByAnOlderOne()
    {
        using var metrics = new ClientMetrics(null);
        var table = new LeaseTable(10, metrics);
        table.Add(LeaseOf(1, Now, epoch: 2), Now, Now);
        table.Add(LeaseOf(1, Now + 10, epoch: 1), Now + 10, Now);
        Assert.Equal(2, table.Find(1)!.Epoch);
        table.Remove(LeaseOf(1, Now + 10, epoch: 1), Now + 10);
        Assert.NotNull(table.Find(1));
        table.Remove(LeaseOf(1, Now, epoch: 3), Now);
        Assert.Equal((null, 0), (table.Find(1), table.Count));
    }

    private static Lease LeaseOf(UInt128 key, long from = Now, Decision? decision = null, long epoch = 1) => Lease.Of(
        key, decision ?? DecisionOf(1, 1), CountingGrid.Somebody.Token, new ValidationAnswer([]) { UsableFor = Length, Epoch = epoch }, from, attachment: null);

    private static Decision DecisionOf(long token, long project) => new(
        true, DenyReason.None, CountingGrid.Somebody with { Token = new TokenId(token), Username = "ci" + token },
        new LocatedProject(new ProjectId(project), new GroupId(1), "acme/p" + project));

    private static ulong Scatter(int i) => (ulong)(i + 1) * 0x9E3779B97F4A7C15 >> 7;
}
