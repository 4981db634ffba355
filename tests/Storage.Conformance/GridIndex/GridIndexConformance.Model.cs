using CsCheck;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Storage.Conformance.GridIndex;

public abstract partial class GridIndexConformance
{
    private static readonly Gen<NamespaceKind> AnyKind = Gen.OneOf(NamespaceKind.Group, NamespaceKind.Project);
    private static readonly Gen<string> AnyText = Gen.OneOf("a", "A", "ab", "b-a", "Ä", "%", "ba", "", "x_y", "a😀");
    private static readonly Gen<DateTimeOffset> AnyTime = Gen.Int[-2, 2].Select(days => Noon.AddDays(days));

    private static readonly Gen<NamespaceRow> AnyNamespaceRow = Gen.Select(
        AnyKind, Gen.Long[1, 6], Gen.Long[0, 6], AnyText, AnyText, Gen.Select(AnyTime, Gen.Int[0, 4], Gen.Long[1, 5]),
        (kind, id, parent, slug, name, rest) => new NamespaceRow(
            kind, id, parent, slug, name, 0, Archived: rest.Item2 == 1, rest.Item1, Deleted: rest.Item2 == 0, rest.Item3));

    private static readonly Gen<TokenRow> AnyTokenRow = Gen.Select(
        Gen.Long[1, 6], AnyKind, Gen.Long[1, 3], Gen.Nullable(AnyTime), Gen.Int[0, 5], Gen.Long[1, 5],
        (id, kind, holder, expires, flags, epoch) => new TokenRow(
            id, kind, holder, "name", "username", 1, Noon, expires, Revoked: flags is 1 or 2, Deleted: flags == 0, epoch));

    private static readonly Gen<NamespaceQuery> AnyNamespaceQuery = Gen.Select(
        AnyKind,
        Gen.Nullable(Gen.Long[0, 7]),
        Gen.Nullable(Gen.Long[0, 7]),
        Gen.Null(AnyText),
        Gen.Enum<NamespaceSort>(),
        Gen.Select(Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 5]),
        (kind, parent, below, search, sort, page) =>
            new NamespaceQuery(kind, parent, below, search, sort, page.Item1, page.Item2, page.Item3));

    private static readonly Gen<TokenQuery> AnyTokenQuery = Gen.Select(
        Gen.Int[0, 2], AnyKind, Gen.Long[1, 3], Gen.Nullable(AnyTime),
        Gen.Select(Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 5]),
        (depth, kind, holder, at, page) => new TokenQuery(
            depth > 0 ? kind : null, depth > 1 ? holder : null, at, page.Item1, page.Item2, page.Item3));

    /// <summary>
    /// How many random indexes are tried. They are tried one after the other in the same index, so ids of later ones continue where
    /// those of earlier ones end.
    /// </summary>
    protected virtual int ModelIndexes => 100;

    [Fact]
    public async Task AnyRows_InAnyOrder_AreFoundAsInTheModel() =>
        await Gen.Select(AnyNamespaceRow.Array[0, 30], AnyTokenRow.Array[0, 30], AnyNamespaceQuery.Array[20], AnyTokenQuery.Array[20])
            .SampleAsync(
                async (namespaces, tokens, namespaceQueries, tokenQueries) =>
                {
                    var model = await StartOverAsync();
                    foreach (var row in namespaces.Select(row => row with { Epoch = row.Epoch + model.BaseEpoch }))
                    {
                        model.Upsert(row);
                        await Index.UpsertAsync(row);
                    }

                    foreach (var row in tokens.Select(row => row with { Epoch = row.Epoch + model.BaseEpoch }))
                    {
                        model.Upsert(row);
                        await Index.UpsertAsync(row);
                    }

                    foreach (var query in namespaceQueries)
                    {
                        AssertSame(model.Find(query), await Index.FindAsync(query));
                    }

                    foreach (var query in tokenQueries)
                    {
                        AssertSame(model.Find(query), await Index.FindAsync(query));
                    }

                    for (var group = 1; group <= 7; group++)
                    {
                        Assert.Equal(model.GroupHeight(group), await Index.GroupHeightAsync(group));
                    }
                },
                iter: ModelIndexes,
                threads: 1);

    private static void AssertSame(IndexPage expected, IndexPage actual)
    {
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Total, actual.Total);
    }

    private long _baseEpoch;

    /// <summary>Buries what earlier samples stored under an epoch that this one's rows outdo.</summary>
    private async Task<ModelIndex> StartOverAsync()
    {
        _baseEpoch += 10;
        for (var id = 1; id <= 6; id++)
        {
            await StoreAsync(Group(id, epoch: _baseEpoch) with { Deleted = true }, Project(id, epoch: _baseEpoch) with { Deleted = true });
            await StoreAsync(Token(id, epoch: _baseEpoch) with { Deleted = true });
            foreach (var member in new long[] { 1, 2 })
            {
                await Index.UpsertAsync(new MemberRow(NamespaceKind.Group, id, member, 10, null, true, _baseEpoch));
                await Index.UpsertAsync(new MemberRow(NamespaceKind.Project, id, member, 10, null, true, _baseEpoch));
            }
        }

        return new ModelIndex(_baseEpoch);
    }
}
