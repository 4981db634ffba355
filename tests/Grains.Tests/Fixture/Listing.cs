using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>What lists say.</summary>
internal static class Listing
{
    /// <summary>The groups, then the projects directly in a group; at the top with none.</summary>
    public static async Task<List<NamespaceId>> OfAsync(Grid grid, GroupId parent) =>
    [
        .. await AllAsync(grid, Query(NamespaceKind.Group, parent)),
        .. await AllAsync(grid, Query(NamespaceKind.Project, parent)),
    ];

    public static Task<List<NamespaceId>> BelowAsync(Grid grid, NamespaceKind kind, GroupId top) =>
        AllAsync(grid, new(kind, null, top, false, null, NamespaceOrder.Id, false, 0, Limits.MaxPageSize));

    private static ListNamespaces Query(NamespaceKind kind, GroupId parent) =>
        new(kind, parent.IsNone ? null : parent, null, parent.IsNone, null, NamespaceOrder.Id, false, 0, Limits.MaxPageSize);

    private static async Task<List<NamespaceId>> AllAsync(Grid grid, ListNamespaces query)
    {
        var all = new List<NamespaceId>();
        for (var total = 1L; all.Count < total;)
        {
            var page = await grid.Administration.ListNamespacesAsync(query with { Offset = all.Count });
            total = page.Total;
            all.AddRange(page.Items.Select(static n => n.Id));
            Assert.True(page.Items.Length == Limits.MaxPageSize || all.Count == total, "A page is short, and is not the last.");
        }

        return all;
    }
}
