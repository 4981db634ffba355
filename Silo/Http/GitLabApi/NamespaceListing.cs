using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Lists of groups or of projects: the parameters they share, and their answer.</summary>
internal sealed class NamespaceListing(NamespaceKind kind, string order, string direction)
{
    private static readonly (string Name, NamespaceOrder Order)[] Orders =
    [
        ("id", NamespaceOrder.Id), ("name", NamespaceOrder.Name), ("path", NamespaceOrder.Path), ("created_at", NamespaceOrder.CreatedAt),
    ];

    private readonly TextParameter _search = new("search", "Only those whose name or path segment contains this, in any case.");

    private readonly ChoiceParameter _orderBy =
        new("order_by", "What the list is sorted by.", [.. Orders.Select(row => row.Name)]) { Fallback = order };

    private readonly ChoiceParameter _sort = new("sort", "Which way the list is sorted.", "asc", "desc") { Fallback = direction };

    public IReadOnlyList<Parameter> Parameters => [_search, _orderBy, _sort, Paging.Page, Paging.PerPage];

    /// <summary>Lists what is directly in a group, in it at any depth, at the top, or everywhere.</summary>
    public async Task<IResult> AnswerAsync(
        ApiCall call, GroupId? parent = null, GroupId? subtree = null, bool topLevelOnly = false)
    {
        var arguments = call.Arguments;
        var page = Paging.Of(arguments);
        var search = arguments.Find(_search);
        var found = await call.Authority.ListNamespacesAsync(
            new ListNamespaces(
                kind,
                parent,
                subtree,
                topLevelOnly,
                string.IsNullOrEmpty(search) ? null : search,
                Orders.Single(row => row.Name == arguments.Get(_orderBy)).Order,
                arguments.Get(_sort) == "desc",
                page.Offset,
                page.PerPage),
            call.Aborted);
        return kind is NamespaceKind.Group
            ? call.AnswerPage(page, found.Total, found.Items, GroupBody.Of)
            : call.AnswerPage(page, found.Total, found.Items, ProjectBody.Of);
    }
}
