using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Storage.Sqlite;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>How SQLite means to run the statements of the index: the figures depend on it, and it shows before there are a million rows.</summary>
public sealed class IndexStatementTests : IAsyncDisposable
{
    private static readonly bool[] BothDirections = [false, true];

    private readonly SqliteHarness _harness = SqliteHarness.Open();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Page_OfTokens_FollowsAnIndexInTheOrderAskedForWithoutTouchingTheTable()
    {
        foreach (var query in TokenQueries())
        {
            var plan = await PlanAsync(IndexStatement.For(query), isCount: false);
            var line = Assert.Single(plan);
            Assert.Contains("USING COVERING INDEX index_token_by_", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Count_OfTokens_AddsUpTheTallyOfOneHolder()
    {
        foreach (var query in TokenQueries())
        {
            var plan = await PlanAsync(IndexStatement.For(query), isCount: true);
            var line = Assert.Single(plan);
            Assert.StartsWith("SEARCH index_token_tally USING PRIMARY KEY (holder_kind=? AND holder_id=?", line, StringComparison.Ordinal);
            Assert.Equal(query.ActiveAt is not null, line.Contains("revoked=? AND expires_at>?", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Page_OfAllNamespaces_FollowsAnIndexInTheOrderAskedFor()
    {
        foreach (var (sort, index) in new[]
        {
            (NamespaceSort.Id, "by_id"), (NamespaceSort.Name, "by_name"), (NamespaceSort.Path, "by_slug"), (NamespaceSort.CreatedAt, "by_created"),
        })
        {
            var query = new NamespaceQuery(NamespaceKind.Project, null, null, null, sort, true, 0, 100);
            var line = Assert.Single(await PlanAsync(IndexStatement.For(query), isCount: false));
            Assert.StartsWith($"SEARCH n USING COVERING INDEX index_namespace_{index} (kind=?)", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Statement_OfPartOfTheTree_TouchesOnlyThatPart()
    {
        foreach (var (parent, below) in new (long?, long?)[] { (1, null), (null, 1), (1, 1) })
        {
            foreach (var isCount in new[] { false, true })
            {
                var query = new NamespaceQuery(NamespaceKind.Project, parent, below, null, NamespaceSort.Name, false, 0, 100);
                var plan = await PlanAsync(IndexStatement.For(query), isCount);
                var uses = plan.Where(line => line.Contains(" n ", StringComparison.Ordinal)).ToList();
                Assert.NotEmpty(uses);
                Assert.All(uses, line => Assert.Matches("^SEARCH n USING (COVERING )?INDEX index_namespace_by_parent \\(kind=\\? AND parent_id=\\?", line));
            }
        }
    }

    [Fact]
    public async Task Search_Counted_RunsThroughTheIndexAlone()
    {
        var query = new NamespaceQuery(NamespaceKind.Project, null, null, "a", NamespaceSort.Id, false, 0, 100);

        var line = Assert.Single(await PlanAsync(IndexStatement.For(query), isCount: true));

        Assert.Equal("SEARCH n USING COVERING INDEX index_namespace_by_slug (kind=?)", line);
    }

    [Fact]
    public async Task Statement_ForAReader_SearchesAndScansNothingButWhatItHasFound()
    {
        foreach (var kind in new[] { NamespaceKind.Group, NamespaceKind.Project })
        {
            foreach (var (parent, below) in new (long?, long?)[] { (null, null), (0, null), (1, null), (null, 1), (1, 1) })
            {
                foreach (var isCount in new[] { false, true })
                {
                    var reader = new IndexReader(7, 10, 10, DateTimeOffset.UnixEpoch, false);
                    var query = new NamespaceQuery(kind, parent, below, "a", NamespaceSort.Name, false, 0, 100, reader);
                    var plan = await PlanAsync(IndexStatement.For(query), isCount);

                    // The tables it scans are those that it makes itself.
                    Assert.All(
                        plan.Where(static line => line.StartsWith("SCAN", StringComparison.Ordinal)),
                        static line => Assert.Matches("^SCAN (b|v|s|below|visible|shown|CONSTANT ROW|[0-9]+ CONSTANT ROWS?)$", line));
                    Assert.All(
                        plan.Where(static line => line.StartsWith("SEARCH m ", StringComparison.Ordinal)),
                        static line => Assert.Contains("operator_id=? AND kind=?", line, StringComparison.Ordinal));
                }
            }
        }
    }

    private static IEnumerable<TokenQuery> TokenQueries() =>
        from holder in new (NamespaceKind? Kind, long? Id)[] { (null, null), (NamespaceKind.Group, null), (NamespaceKind.Group, 1) }
        from at in new DateTimeOffset?[] { null, DateTimeOffset.UnixEpoch }
        from isDescending in BothDirections
        select new TokenQuery(holder.Kind, holder.Id, at, isDescending, 0, 100);

    private Task<List<string>> PlanAsync(IndexStatement statement, bool isCount) => _harness.Database.IndexReaders.ReadAsync(
        static (session, ask) =>
        {
            var (sql, parameters) = ask.isCount
                ? (ask.statement.Count, ask.statement.CountParameters) : (ask.statement.Page, ask.statement.PageParameters);
            using var rows = session.Command("EXPLAIN QUERY PLAN " + sql, parameters).ExecuteReader();
            var plan = new List<string>();
            while (rows.Read())
            {
                plan.Add(rows.GetString(3));
            }

            return plan;
        },
        (statement, isCount),
        default);
}
