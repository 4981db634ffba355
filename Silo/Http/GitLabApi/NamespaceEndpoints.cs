using System.Globalization;
using System.Text.Json.Serialization;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Groups and personal namespaces, as places for projects: <c>/api/v4/namespaces</c>.</summary>
internal static class NamespaceEndpoints
{
    private const string Noun = "Namespaces";
    private const int MostSuggestionsTried = 20;

    private static readonly TextParameter Id =
        new("namespace_id", "Id of the namespace, or its full path with every / as %2F.") { Required = true, InPath = true };

    private static readonly TextParameter Search = new("search", "Only those whose name or path segment contains this, in any case.");
    private static readonly BooleanParameter OwnedOnly = new("owned_only", "True: only those that the caller owns.") { Fallback = false };

    private static readonly BooleanParameter TopLevelOnly =
        new("top_level_only", "True: only those that are in no group.") { Fallback = false };

    private static readonly TextParameter Segment = new("path", "A path segment.") { Required = true, InPath = true };
    private static readonly IntegerParameter ParentId = new("parent_id", "Id of the group to look in; none for the top.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/namespaces", "listNamespaces", "One's personal namespace, and the groups where one is a member")
            {
                Noun = Noun,
                Description = "Groups below those count too. Administrators are shown all groups.",
                Caller = Caller.Operator,
                Parameters = [Search, OwnedOnly, TopLevelOnly, Paging.Page, Paging.PerPage],
                Answer = typeof(NamespaceBody[]),
            },
            ListAsync);
        routes.MapOperation(
            new(HttpMethod.Get, "/namespaces/{namespace_id}", "getNamespace", "A group, or one's personal namespace")
            {
                Noun = Noun,
                Caller = Caller.Operator,
                Parameters = [Id],
                Answer = typeof(NamespaceBody),
            },
            async call => await TargetLookup.FindGroupAsync(call, PathId.OfGroup(call.Arguments.Get(Id)), orPersonal: true) is { } found
                ? call.Answer(NamespaceBody.Of(found.Node, call.Address))
                : GitLabErrors.NamespaceNotFound);
        routes.MapOperation(
            new(HttpMethod.Get, "/namespaces/{path}/exists", "findNamespace", "Whether a path segment is taken by a group or user")
            {
                Noun = Noun,
                Description = "In a group that the caller does not see, nothing is taken.",
                Caller = Caller.Operator,
                Parameters = [Segment, ParentId],
                Answer = typeof(NamespaceExistenceBody),
            },
            ExistsAsync);
    }

    /// <summary>The personal namespace, which is in no list of groups, comes before them.</summary>
    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var page = Paging.Of(call.Arguments);
        var own = await OwnAsync(call);
        var before = own is null ? 0 : 1;
        var shown = own is not null && page.Offset == 0 ? own : null;
        var groups = await GroupsAsync(call, Math.Max(page.Offset - before, 0), page.PerPage);
        var items = groups.Items.Prepend(shown).OfType<NamespaceView>().Take(page.PerPage);
        return call.AnswerPage(page, groups.Total + before, items, view => NamespaceBody.Of(view, call.Address));
    }

    private static async Task<NamespaceView?> OwnAsync(ApiCall call)
    {
        var user = await call.Operators.GetAsync(call.Caller.Id, call.Aborted);
        var own = user is null || user.PersonalNamespace.IsNone
            ? null
            : await call.Authority.GetNamespaceAsync(user.PersonalNamespace.AsNamespace, call.Aborted);
        return own is not null && (SearchOf(call) is not { } text || Contains(own.Name, text) || Contains(own.Slug.ToString(), text)) ? own : null;
    }

    private static Task<NamespacePage> GroupsAsync(ApiCall call, int offset, int limit)
    {
        var ownedOnly = call.Arguments.Get(OwnedOnly);
        return call.Authority.ListNamespacesAsync(
            new ListNamespaces(
                NamespaceKind.Group,
                Parent: null,
                Subtree: null,
                call.Arguments.Get(TopLevelOnly),
                SearchOf(call),
                NamespaceOrder.Id,
                Descending: false,
                offset,
                limit,
                call.Caller.IsAdministrator && !ownedOnly
                    ? null
                    : new ListReader(call.Caller.Id, Sees: null, ownedOnly ? AccessLevel.Owner : AccessLevel.Guest)),
            call.Aborted);
    }

    private static string? SearchOf(ApiCall call) => call.Arguments.Find(Search) is { Length: > 0 } text ? text : null;

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static async Task<IResult> ExistsAsync(ApiCall call)
    {
        var parent = string.Empty;
        if (call.Arguments.FindValue(ParentId) is { } id)
        {
            var place = PathId.OfGroup(id.ToString(CultureInfo.InvariantCulture));
            if (await TargetLookup.FindGroupAsync(call, place, orPersonal: false) is not { } found)
            {
                return call.Answer(new NamespaceExistenceBody(Exists: false, []));
            }

            parent = found.Node.FullPath + '/';
        }

        var segment = call.Arguments.Get(Segment);
        if (!await IsTakenAsync(call, parent, segment))
        {
            return call.Answer(new NamespaceExistenceBody(Exists: false, []));
        }

        for (var number = 1; number <= MostSuggestionsTried; number++)
        {
            var suggestion = segment + number.ToString(CultureInfo.InvariantCulture);
            if (!await IsTakenAsync(call, parent, suggestion))
            {
                return call.Answer(new NamespaceExistenceBody(Exists: true, [suggestion]));
            }
        }

        return call.Answer(new NamespaceExistenceBody(Exists: true, []));
    }

    /// <summary>As at GitLab, whoever has it: who would make a group learns it anyway.</summary>
    private static async Task<bool> IsTakenAsync(ApiCall call, string parent, string segment) =>
        Slug.TryParse(segment, out _)
        && await TargetLookup.LookUpAsync(call.Authority, NamespaceKind.Group, PathId.OfPath(parent + segment), call.Aborted)
            is { Target: not null, Moved: false };
}

/// <summary>Whether a path segment is taken, and what might be taken instead.</summary>
internal sealed record NamespaceExistenceBody(
    [property: JsonPropertyName("exists")] bool Exists,
    [property: JsonPropertyName("suggests")] IReadOnlyList<string> Suggests);
