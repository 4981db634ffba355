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

    /// <summary>What GitLab narrows its lists by, and this product does not. Whoever asks for less would take the whole for it.</summary>
    private static readonly ParameterRule NotByAnythingElse = new ParameterRule.NotNarrowedBy(
        "skip_groups", "id_after", "id_before", "created_after", "created_before", "updated_after", "updated_before", "last_activity_after",
        "last_activity_before", "starred", "topic", "topic_id", "with_programming_language", "with_issues_enabled",
        "with_merge_requests_enabled", "wiki_checksum_failed", "repository_checksum_failed", "repository_storage", "imported",
        "marked_for_deletion_on");

    /// <summary>Of projects only. Nothing is known of what happens in a project, so each was last active when it was made.</summary>
    private static readonly string[] TimesOfProjects = ["last_activity_at", "updated_at"];

    private readonly TextParameter _search = new("search", "Only those whose name or path segment contains this, in any case.");

    private readonly ChoiceParameter _orderBy =
        new("order_by", "What the list is sorted by.", [.. Orders.Select(row => row.Name), .. kind is NamespaceKind.Project ? TimesOfProjects : []])
        {
            Fallback = order,
        };

    private readonly ChoiceParameter _sort = new("sort", "Which way the list is sorted.", "asc", "desc") { Fallback = direction };

    private readonly BooleanParameter _owned = new("owned", "True: only those that the caller owns.") { Fallback = false };

    private readonly IntegerChoiceParameter _minimum = new(
        "min_access_level",
        "Only those where the caller is a member, or of a group above, at this access level or a higher one.",
        [.. Enum.GetValues<AccessLevel>().Where(static level => level != AccessLevel.None).Select(static level => (long)level)]);

    private readonly BooleanParameter _membership =
        new("membership", "True: only those where the caller is a member, or of a group above.") { Fallback = false };

    private readonly ChoiceParameter _visibility = new("visibility", "Only those whose own visibility is this.", VisibilityNames.All);

    private readonly BooleanParameter _archived = new("archived", "Only those that are archived themselves, or that are not.");

    public IReadOnlyList<Parameter> Parameters =>
    [
        _search, _orderBy, _sort, _owned, _minimum, _visibility,
        .. kind is NamespaceKind.Project ? [_membership, _archived] : Array.Empty<Parameter>(), Paging.Page, Paging.PerPage,
    ];

    /// <summary>What must hold among the parameters.</summary>
    public IReadOnlyList<ParameterRule> Rules { get; } = [NotByAnythingElse];

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
                OrderOf(arguments.Get(_orderBy)),
                arguments.Get(_sort) == "desc",
                page.Offset,
                page.PerPage,
                Reader(call),
                arguments.Find(_visibility) is { } visibility ? VisibilityNames.Parse(visibility) : null,
                kind is NamespaceKind.Project ? arguments.FindValue(_archived) : null),
            call.Aborted);
        return kind is NamespaceKind.Group
            ? call.AnswerPage(page, found.Total, found.Items, view => GroupBody.Of(view, call.Address))
            : call.AnswerPage(page, found.Total, found.Items, view => ProjectBody.Of(view, call.Address));
    }

    private static NamespaceOrder OrderOf(string name) =>
        TimesOfProjects.Contains(name) ? NamespaceOrder.CreatedAt : Orders.Single(row => row.Name == name).Order;

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
