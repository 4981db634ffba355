using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Storage.Conformance.GridIndex;

/// <summary>
/// What every index must do. A backend passes by deriving a class that opens and closes it. Each test begins with an empty index.
/// </summary>
public abstract partial class GridIndexConformance : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private IGridIndex? _index;

    protected IGridIndex Index => _index ?? throw new InvalidOperationException("The index is closed.");

    public async ValueTask InitializeAsync() => _index = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the backend, empty; after <see cref="CloseAsync"/> once more, on the same data.</summary>
    protected abstract Task<IGridIndex> OpenAsync();

    protected abstract Task CloseAsync();

    /// <summary>Removes the data of this test, where it is a burden.</summary>
    protected virtual Task RemoveAsync() => Task.CompletedTask;

    protected async Task ReopenAsync()
    {
        _index = null;
        await CloseAsync();
        _index = await OpenAsync();
    }

    private static NamespaceRow Group(long id, long parent = 0, string? slug = null, string? name = null, long epoch = 1) =>
        new(NamespaceKind.Group, id, parent, slug ?? $"g{id}", name ?? $"Group {id}", 0, false, Noon, false, epoch);

    private static NamespaceRow Project(long id, long parent = 0, string? slug = null, string? name = null, long epoch = 1) =>
        Group(id, parent, slug ?? $"p{id}", name ?? $"Project {id}", epoch) with { Kind = NamespaceKind.Project };

    private static TokenRow Token(
        long id, NamespaceKind kind = NamespaceKind.Project, long holder = 1, DateTimeOffset? expires = null, bool revoked = false, long epoch = 1) =>
        new(id, kind, holder, $"token {id}", $"gitlab+deploy-token-{id}", 1, Noon, expires, revoked, false, epoch);

    private static NamespaceQuery Groups(
        long? parent = null, long? below = null, string? search = null, NamespaceSort sort = NamespaceSort.Id, bool descending = false) =>
        new(NamespaceKind.Group, parent, below, search, sort, descending, 0, 100);

    private static NamespaceQuery Projects(
        long? parent = null, long? below = null, string? search = null, NamespaceSort sort = NamespaceSort.Id, bool descending = false) =>
        new(NamespaceKind.Project, parent, below, search, sort, descending, 0, 100);

    private static TokenQuery Tokens(
        NamespaceKind? kind = null, long? holder = null, DateTimeOffset? activeAt = null, bool descending = false, int offset = 0, int limit = 100) =>
        new(kind, holder, activeAt, descending, offset, limit);

    private async Task StoreAsync(params NamespaceRow[] rows)
    {
        foreach (var row in rows)
        {
            await Index.UpsertAsync(row);
        }
    }

    private async Task StoreAsync(params TokenRow[] rows)
    {
        foreach (var row in rows)
        {
            await Index.UpsertAsync(row);
        }
    }

    private async Task AssertFindsAsync(NamespaceQuery query, params long[] expected)
    {
        var page = await Index.FindAsync(query);
        Assert.Equal(expected, page.Ids);
        Assert.Equal(expected.Length, page.Total);
    }

    private async Task AssertFindsAsync(TokenQuery query, params long[] expected)
    {
        var page = await Index.FindAsync(query);
        Assert.Equal(expected, page.Ids);
        Assert.Equal(expected.Length, page.Total);
    }
}
