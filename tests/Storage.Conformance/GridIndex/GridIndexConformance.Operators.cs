using CsCheck;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Storage.Conformance.GridIndex;

public abstract partial class GridIndexConformance
{
    private static readonly Gen<MemberRow> AnyMemberRow = Gen.Select(
        AnyKind, Gen.Long[1, 6], Gen.Long[1, 2], Gen.OneOf(10, 30, 50), Gen.Nullable(AnyTime), Gen.Select(Gen.Int[0, 4], Gen.Long[1, 5]),
        (kind, id, member, level, expires, rest) => new MemberRow(kind, id, member, level, expires, Deleted: rest.Item1 == 0, rest.Item2));

    private static readonly Gen<IndexReader> AnyReader = Gen.Select(
        Gen.Long[0, 2], Gen.Nullable(Gen.OneOf(10, 20)), Gen.OneOf(10, 30, 50), AnyTime, Gen.Bool,
        (reader, visibility, level, now, above) => new IndexReader(reader, visibility, level, now, above));

    /// <summary>Without rings: grains never make one, and it is not said what a reader sees of it.</summary>
    private static readonly Gen<NamespaceRow> AnyVisibleRow =
        Gen.Select(AnyNamespaceRow, Gen.OneOf(0, 10, 20)).Select(static (row, visibility) => row with
        {
            Visibility = visibility,
            ParentId = row.Kind == NamespaceKind.Group ? Math.Min(row.ParentId, row.Id - 1) : row.ParentId,
        });

    [Fact]
    public async Task AnyRows_ForAnyReader_AreFoundAsInTheModel() =>
        await Gen.Select(AnyVisibleRow.Array[0, 30], AnyMemberRow.Array[0, 12], Gen.Select(AnyNamespaceQuery, AnyReader).Array[30])
            .SampleAsync(
                async (namespaces, members, queries) =>
                {
                    var model = await StartOverAsync();
                    foreach (var row in namespaces.Select(row => row with { Epoch = row.Epoch + model.BaseEpoch }))
                    {
                        model.Upsert(row);
                        await Index.UpsertAsync(row);
                    }

                    foreach (var row in members.Select(row => row with { Epoch = row.Epoch + model.BaseEpoch }))
                    {
                        model.Upsert(row);
                        await Index.UpsertAsync(row);
                    }

                    foreach (var (query, reader) in queries)
                    {
                        var asked = query with { Reader = reader };
                        var (expected, actual) = (model.Find(asked), await Index.FindAsync(asked));
                        Assert.True(
                            expected.Ids.SequenceEqual(actual.Ids) && expected.Total == actual.Total,
                            $"{asked}: {string.Join(' ', expected.Ids)} of {expected.Total}, and not {string.Join(' ', actual.Ids)} of {actual.Total}");
                    }
                },
                iter: ModelIndexes,
                threads: 1);

    [Fact]
    public async Task PersonalNamespaces_Always_AreNoGroupsAndHoldProjects()
    {
        await StoreAsync(Group(1) with { Personal = true, Visibility = 20 }, Group(2) with { Visibility = 20 });
        await StoreAsync(Project(3, parent: 1) with { Visibility = 20 }, Project(4, parent: 1));
        await Index.UpsertAsync(new MemberRow(NamespaceKind.Group, 1, 7, 50, null, false, 1));

        await AssertFindsAsync(Groups(), 2);
        await AssertFindsAsync(Projects(below: 1), 3, 4);
        await AssertFindsAsync(Projects() with { Reader = new IndexReader(0, 20, 10, Noon, false) }, 3);
        await AssertFindsAsync(Projects() with { Reader = new IndexReader(7, 10, 10, Noon, false) }, 3, 4);
        await AssertFindsAsync(Groups() with { Reader = new IndexReader(7, 10, 10, Noon, false) }, 2);
    }

    [Fact]
    public async Task Operators_Always_AreFoundByWhatIsAsked()
    {
        await Index.UpsertAsync(new OperatorRow(1, "Ann", "Ann Other", "ann@example.org", true, false, false, 1));
        await Index.UpsertAsync(new OperatorRow(2, "bob", "Bob", "bob@example.org", false, true, false, 2));
        await Index.UpsertAsync(new OperatorRow(2, "late", "Late", "", false, false, false, 1)); // Late, and so ignored.
        await Index.UpsertAsync(new OperatorRow(3, "gone", "Gone", "", false, false, true, 1));

        await FindsAsync(new OperatorQuery(null, false, null, null, false, false, 0, 10), 1, 2);
        await FindsAsync(new OperatorQuery(null, false, null, null, false, true, 0, 10), 2, 1);
        await FindsAsync(new OperatorQuery(null, false, "ANN", null, false, false, 0, 10), 1);
        await FindsAsync(new OperatorQuery("other", false, null, null, false, false, 0, 10), 1);
        await FindsAsync(new OperatorQuery("EXAMPLE", false, null, null, false, false, 0, 10));
        await FindsAsync(new OperatorQuery("EXAMPLE", true, null, true, false, false, 0, 10), 2);
        await FindsAsync(new OperatorQuery(null, false, null, null, true, false, 0, 10), 1);

        async Task FindsAsync(OperatorQuery query, params long[] expected)
        {
            var page = await Index.FindAsync(query);
            Assert.Equal(expected, page.Ids);
            Assert.Equal(expected.Length, page.Total);
        }
    }

    [Fact]
    public async Task OperatorTokens_Always_AreFoundByWhatIsAsked()
    {
        await Index.UpsertAsync(new OperatorTokenRow(1, 7, "ci", null, false, false, 1));
        await Index.UpsertAsync(new OperatorTokenRow(2, 7, "old", Noon, false, false, 1));
        await Index.UpsertAsync(new OperatorTokenRow(3, 8, "dead", null, true, false, 1));
        await Index.UpsertAsync(new OperatorTokenRow(4, 8, "gone", null, true, true, 1));

        await FindsAsync(new OperatorTokenQuery(null, null, null, Noon, false, 0, 10), 1, 2, 3);
        await FindsAsync(new OperatorTokenQuery(true, null, null, Noon, false, 0, 10), 1);
        await FindsAsync(new OperatorTokenQuery(true, null, null, Noon.AddTicks(-1), true, 0, 10), 2, 1);
        await FindsAsync(new OperatorTokenQuery(false, false, null, Noon, false, 0, 10), 2);
        await FindsAsync(new OperatorTokenQuery(null, true, null, Noon, false, 0, 10), 3);
        await FindsAsync(new OperatorTokenQuery(null, null, "CI", Noon, false, 0, 10), 1);
        Assert.Equal((7, 8, null), (await Index.FindTokenHolderAsync(1), await Index.FindTokenHolderAsync(3), await Index.FindTokenHolderAsync(4)));

        async Task FindsAsync(OperatorTokenQuery query, params long[] expected)
        {
            var page = await Index.FindAsync(query);
            Assert.Equal(expected, page.Ids);
            Assert.Equal(expected.Length, page.Total);
        }
    }
}
