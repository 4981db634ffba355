using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>What lists say.</summary>
internal static class Listing
{
    /// <summary>The groups, then the projects directly in a group; at the top with none.</summary>
    public static async Task<List<NamespaceId>> OfAsync(Grid grid, GroupId parent) =>
    [
        .. await AllAsync(grid, new(NamespaceKind.Group, parent.IsNone ? null : parent, null, parent.IsNone, null, NamespaceOrder.Id, false, 0, Limits.MaxPageSize)),
        .. await AllAsync(grid, new(NamespaceKind.Project, parent.IsNone ? null : parent, null, parent.IsNone, null, NamespaceOrder.Id, false, 0, Limits.MaxPageSize)),
    ];

    public static Task<List<NamespaceId>> BelowAsync(Grid grid, NamespaceKind kind, GroupId top) =>
        AllAsync(grid, new(kind, null, top, false, null, NamespaceOrder.Id, false, 0, Limits.MaxPageSize));

    private static async Task<List<NamespaceId>> AllAsync(Grid grid, ListNamespaces query)
    {
        var page = await grid.Administration.ListNamespacesAsync(query);
        Assert.Equal(page.Total, page.Items.Length);
        return [.. page.Items.Select(static n => n.Id)];
    }
}
