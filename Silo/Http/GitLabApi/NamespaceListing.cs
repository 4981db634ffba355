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

    private readonly BooleanParameter _owned = new("owned", "True: only those that the caller owns.") { Fallback = false };

    private readonly IntegerChoiceParameter _minimum = new(
        "min_access_level",
        "Only those where the caller is a member, or of a group above, at this access level or a higher one.",
        [.. Enum.GetValues<AccessLevel>().Where(static level => level != AccessLevel.None).Select(static level => (long)level)]);

    private readonly BooleanParameter _membership =
        new("membership", "True: only those where the caller is a member, or of a group above.") { Fallback = false };

    public IReadOnlyList<Parameter> Parameters =>
        [_search, _orderBy, _sort, _owned, _minimum, .. kind is NamespaceKind.Project ? [_membership] : Array.Empty<Parameter>(), Paging.Page, Paging.PerPage];

    /// <summary>Lists what the caller sees directly in a group, in it at any depth, at the top, or everywhere.</summary>
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
                page.PerPage,
                Reader(call)),
            call.Aborted);
        return kind is NamespaceKind.Group
            ? call.AnswerPage(page, found.Total, found.Items, view => GroupBody.Of(view, call.Address))
            : call.AnswerPage(page, found.Total, found.Items, view => ProjectBody.Of(view, call.Address));
    }

    /// <summary>Who reads; null where all is shown.</summary>
    private ListReader? Reader(ApiCall call)
    {
        var (arguments, caller) = (call.Arguments, call.CallerIfAny);
        var minimum = arguments.Get(_owned) ? AccessLevel.Owner : (AccessLevel)(arguments.FindValue(_minimum) ?? 0);
        var isMembershipOnly = minimum > AccessLevel.None || (kind is NamespaceKind.Project && arguments.Get(_membership));
        return caller is { IsAdministrator: true } && !isMembershipOnly
            ? null
            : new ListReader(
                caller?.Id ?? default,
                isMembershipOnly ? null : Access.Sees(caller),
                minimum > AccessLevel.Guest ? minimum : AccessLevel.Guest);
    }
}
