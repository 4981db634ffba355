using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Groups: <c>/api/v4/groups</c>.</summary>
internal static class GroupEndpoints
{
    private const string Noun = "Groups";

    private static readonly TextParameter RequiredName = new("name", "What people call it.") { Required = true, AnyLength = true };
    private static readonly TextParameter RequiredPath = new("path", "Its segment of the path.") { Required = true };
    private static readonly IntegerParameter ParentId = new("parent_id", "Id of the group to make it in; none for a top-level group.");
    private static readonly IntegerParameter NewParentId = new("group_id", "Id of the group to move it to; none moves it to the top.");
    private static readonly BooleanParameter TopLevelOnly = new("top_level_only", "Only groups that are in no group.") { Fallback = false };
    private static readonly BooleanParameter IncludeSubgroups =
        new("include_subgroups", "Projects of the groups below too.") { Fallback = false };

    private static readonly NamespaceListing Groups = new(NamespaceKind.Group, "name", "asc");
    private static readonly NamespaceListing Projects = new(NamespaceKind.Project, "created_at", "desc");

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapReading(routes);
        MapLists(routes);
        MapChanges(routes);
    }

    private static void MapReading(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/groups/{id}", "getGroup", "A group")
            {
                Noun = Noun,
                Target = NamespaceKind.Group,
                Answer = typeof(GroupBody),
            },
            call => Task.FromResult(call.Answer(GroupBody.Of(call.Target, call.Address))));
        routes.MapOperation(
            new(HttpMethod.Post, "/groups", "createGroup", "Make a group")
            {
                Noun = Noun,
                Description = "Whoever makes it owns it. A group in a group is made by a maintainer of that one.",
                Caller = Caller.Operator,
                Parameters = [RequiredName, RequiredPath, ParentId, NamespaceParameters.Description, NamespaceParameters.Visibility],
                Status = StatusCodes.Status201Created,
                Answer = typeof(GroupBody),
            },
            CreateAsync);
    }

    private static void MapLists(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/groups", "listGroups", "Groups that the caller sees")
            {
                Noun = Noun,
                Parameters = [.. Groups.Parameters, TopLevelOnly],
                Rules = Groups.Rules,
                Answer = typeof(GroupBody[]),
            },
            call => Groups.AnswerAsync(call, topLevelOnly: call.Arguments.Get(TopLevelOnly)));
        routes.MapOperation(
            ListIn("subgroups", "listSubgroups", "Groups directly in a group", Groups.Parameters, typeof(GroupBody[])),
            call => Groups.AnswerAsync(call, parent: call.Target.Id.AsGroup));
        routes.MapOperation(
            ListIn("descendant_groups", "listDescendantGroups", "Groups in a group, at any depth", Groups.Parameters, typeof(GroupBody[])),
            call => Groups.AnswerAsync(call, subtree: call.Target.Id.AsGroup));
        routes.MapOperation(
            ListIn("projects", "listGroupProjects", "Projects in a group", [.. Projects.Parameters, IncludeSubgroups], typeof(ProjectBody[])),
            call => call.Arguments.Get(IncludeSubgroups)
                ? Projects.AnswerAsync(call, subtree: call.Target.Id.AsGroup)
                : Projects.AnswerAsync(call, parent: call.Target.Id.AsGroup));
    }

    private static void MapChanges(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            Change(HttpMethod.Put, "", "changeGroup", "Change a group") with
            {
                Parameters =
                [
                    NamespaceParameters.Name, NamespaceParameters.Path, NamespaceParameters.Description, NamespaceParameters.Visibility,
                    NamespaceParameters.LeaseMilliseconds,
                ],
            },
            async call => await NamespaceChanges.ChangeAsync(call) is var (changed, refusal) && refusal is null
                ? call.Answer(GroupBody.Of(changed!, call.Address))
                : refusal!);
        routes.MapOperation(
            Change(HttpMethod.Post, "/transfer", "transferGroup", "Move a group, with all below it") with
            {
                Parameters = [NewParentId],
                Status = StatusCodes.Status201Created,
            },
            TransferAsync);
        routes.MapOperation(
            Change(HttpMethod.Post, "/archive", "archiveGroup", "Archive a group") with { Status = StatusCodes.Status201Created },
            async call => call.Answer(GroupBody.Of(await NamespaceChanges.ArchiveAsync(call, archived: true), call.Address)));
        routes.MapOperation(
            Change(HttpMethod.Post, "/unarchive", "unarchiveGroup", "Bring back an archived group") with
            {
                Status = StatusCodes.Status201Created,
            },
            async call => call.Answer(GroupBody.Of(await NamespaceChanges.ArchiveAsync(call, archived: false), call.Address)));
        routes.MapOperation(
            Change(HttpMethod.Delete, "", "deleteGroup", "Delete a group, with all below it") with
            {
                Description = "Every deploy token held there is dead when the answer arrives.",
                Status = StatusCodes.Status202Accepted,
                Answer = typeof(MessageBody),
            },
            NamespaceChanges.DeleteAsync);
    }

    private static Operation ListIn(string segment, string id, string summary, IReadOnlyList<Parameter> parameters, Type answer) =>
        new(HttpMethod.Get, $"/groups/{{id}}/{segment}", id, summary)
        {
            Noun = Noun,
            Target = NamespaceKind.Group,
            Parameters = parameters,
            Rules = Groups.Rules,
            Answer = answer,
        };

    private static Operation Change(HttpMethod method, string segment, string id, string summary) =>
        new(method, "/groups/{id}" + segment, id, summary)
        {
            Noun = Noun,
            Caller = Caller.Operator,
            Target = NamespaceKind.Group,
            Access = TargetAccess.Own,
            Answer = typeof(GroupBody),
        };

    private static async Task<IResult> CreateAsync(ApiCall call)
    {
        var parent = new GroupId(call.Arguments.FindValue(ParentId) ?? 0);
        if (!parent.IsNone)
        {
            if (await ParentAsync(call, parent) is not { } found)
            {
                return GitLabErrors.GroupNotFound;
            }

            if (!Access.CanMakeGroups(found.Level))
            {
                return GitLabErrors.Forbidden;
            }
        }

        var (request, refusal) = NamespaceChanges.ToCreate(
            call, NamespaceKind.Group, parent, call.Arguments.Get(RequiredName), call.Arguments.Get(RequiredPath));
        return refusal ?? call.Answer(GroupBody.Of(await call.Authority.CreateGroupAsync(request!, call.Aborted), call.Address));
    }

    private static async Task<IResult> TransferAsync(ApiCall call)
    {
        var parent = new GroupId(call.Arguments.FindValue(NewParentId) ?? 0);
        if (!parent.IsNone)
        {
            if (await ParentAsync(call, parent) is not { } found)
            {
                return GitLabErrors.GroupNotFound;
            }

            if (!Access.CanMakeGroups(found.Level))
            {
                return GitLabErrors.Message(
                    StatusCodes.Status400BadRequest, "Transfer failed: You don't have enough permissions.");
            }
        }

        return call.Answer(GroupBody.Of(
            await call.Authority.TransferNamespaceAsync(call.Target.Id, parent, call.Caller.Id, call.Aborted), call.Address));
    }

    private static Task<ApiTarget?> ParentAsync(ApiCall call, GroupId parent) =>
        TargetLookup.FindGroupAsync(call, PathId.OfGroup(parent.ToString()), orPersonal: false);
}
