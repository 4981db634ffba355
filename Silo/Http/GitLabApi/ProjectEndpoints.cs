using System.Globalization;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Projects: <c>/api/v4/projects</c>.</summary>
internal static class ProjectEndpoints
{
    private const string Noun = "Projects";

    private static readonly IntegerParameter GroupIdParameter =
        new("namespace_id", "Id of the group to make it in; none for the caller's personal namespace.");

    private static readonly TextParameter NewGroup =
        new("namespace", "Id or full path of the group to move it to, or of the caller's personal namespace.") { Required = true };
    private static readonly TextParameter UserOfList = new("user_id", "Id or username of the user.") { Required = true, InPath = true };

    private static readonly NamespaceListing Projects = new(NamespaceKind.Project, "created_at", "desc");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/projects", "listProjects", "Projects that the caller sees")
            {
                Noun = Noun,
                Parameters = Projects.Parameters,
                Rules = Projects.Rules,
                Answer = typeof(ProjectBody[]),
            },
            call => Projects.AnswerAsync(call));
        routes.MapOperation(
            new(HttpMethod.Get, "/projects/{id}", "getProject", "A project")
            {
                Noun = Noun,
                Target = NamespaceKind.Project,
                Answer = typeof(ProjectBody),
            },
            call => Task.FromResult(call.Answer(ProjectBody.Of(call.Target, call.Address))));
        routes.MapOperation(
            new(HttpMethod.Post, "/projects", "createProject", "Make a project")
            {
                Noun = Noun,
                Description = "Without a name the path is the name; without a path it is made of the name. Developers of the group may.",
                Caller = Caller.Operator,
                Parameters =
                [
                    NamespaceParameters.Name, NamespaceParameters.Path, GroupIdParameter, NamespaceParameters.Description,
                    NamespaceParameters.Visibility, .. FeatureParameters.All,
                ],
                Rules = [new ParameterRule.AtLeastOne(NamespaceParameters.Name, NamespaceParameters.Path)],
                Status = StatusCodes.Status201Created,
                Answer = typeof(ProjectBody),
            },
            CreateAsync);
        MapOfUsers(routes);
        MapChanges(routes);
    }

    private static void MapOfUsers(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Post, "/projects/user/{user_id}", "createProjectForUser", "Make a project in a user's personal namespace")
            {
                Noun = Noun,
                Description = "Without a name the path is the name; without a path it is made of the name.",
                Caller = Caller.Administrator,
                Parameters =
                [
                    UserEndpoints.UserId, NamespaceParameters.Name, NamespaceParameters.Path, NamespaceParameters.Description,
                    NamespaceParameters.Visibility, .. FeatureParameters.All,
                ],
                Rules = [new ParameterRule.AtLeastOne(NamespaceParameters.Name, NamespaceParameters.Path)],
                Status = StatusCodes.Status201Created,
                Answer = typeof(ProjectBody),
            },
            async call => await UserEndpoints.FindAsync(call) is { } user
                ? await CreateAsync(call, await call.Operators.EnsurePersonalNamespaceAsync(user.Id, call.Aborted))
                : GitLabErrors.UserNotFound);
        routes.MapOperation(
            new(HttpMethod.Get, "/users/{user_id}/projects", "listUserProjects", "Projects of a user's personal namespace that the caller sees")
            {
                Noun = Noun,
                Parameters = [UserOfList, .. Projects.Parameters],
                Rules = Projects.Rules,
                Answer = typeof(ProjectBody[]),
            },
            async call => await UserEndpoints.FindAsync(call, UserOfList) is { } user
                ? await Projects.AnswerAsync(call, parent: user.PersonalNamespace)
                : GitLabErrors.UserNotFound);
    }

    private static void MapChanges(IEndpointRouteBuilder routes)
    {
        IReadOnlyList<Parameter> changeable =
        [
            NamespaceParameters.Name, NamespaceParameters.Path, NamespaceParameters.Description, NamespaceParameters.Visibility,
            .. FeatureParameters.All,
        ];
        routes.MapOperation(
            Change(HttpMethod.Put, "", "changeProject", "Change a project") with
            {
                Description = "Maintainers may; its visibility is for owners to change.",
                Access = TargetAccess.Maintain,
                Parameters = changeable,
                Rules = [new ParameterRule.AtLeastOne(changeable)],
            },
            ChangeAsync);
        routes.MapOperation(
            Change(HttpMethod.Put, "/transfer", "transferProject", "Move a project to another group") with { Parameters = [NewGroup] },
            TransferAsync);
        routes.MapOperation(
            Change(HttpMethod.Post, "/archive", "archiveProject", "Archive a project") with { Status = StatusCodes.Status201Created },
            async call => call.Answer(ProjectBody.Of(await NamespaceChanges.ArchiveAsync(call, archived: true), call.Address)));
        routes.MapOperation(
            Change(HttpMethod.Post, "/unarchive", "unarchiveProject", "Bring back an archived project") with
            {
                Status = StatusCodes.Status201Created,
            },
            async call => call.Answer(ProjectBody.Of(await NamespaceChanges.ArchiveAsync(call, archived: false), call.Address)));
        routes.MapOperation(
            Change(HttpMethod.Delete, "", "deleteProject", "Delete a project") with
            {
                Description = "Every deploy token it holds is dead when the answer arrives.",
                Status = StatusCodes.Status202Accepted,
                Answer = typeof(MessageBody),
            },
            NamespaceChanges.DeleteAsync);
    }

    private static Operation Change(HttpMethod method, string segment, string id, string summary) =>
        new(method, "/projects/{id}" + segment, id, summary)
        {
            Noun = Noun,
            Caller = Caller.Operator,
            Target = NamespaceKind.Project,
            Access = TargetAccess.Own,
            Answer = typeof(ProjectBody),
        };

    private static async Task<IResult> CreateAsync(ApiCall call)
    {
        if (await PlaceAsync(call) is not { } group)
        {
            return GitLabErrors.Field("namespace", "is not valid");
        }

        return await CreateAsync(call, group);
    }

    private static async Task<IResult> CreateAsync(ApiCall call, GroupId group)
    {
        var path = call.Arguments.Find(NamespaceParameters.Path);
        var name = call.Arguments.Find(NamespaceParameters.Name) ?? path!;
        var (request, refusal) = NamespaceChanges.ToCreate(call, NamespaceKind.Project, group, name, path ?? NamespaceChanges.PathOf(name));
        return refusal ?? call.Answer(ProjectBody.Of(await call.Authority.CreateProjectAsync(request!, call.Aborted), call.Address));
    }

    /// <summary>Where a new project goes, if the caller may put one there.</summary>
    private static async Task<GroupId?> PlaceAsync(ApiCall call)
    {
        if (call.Arguments.FindValue(GroupIdParameter) is not { } id)
        {
            return await call.Operators.EnsurePersonalNamespaceAsync(call.Caller.Id, call.Aborted);
        }

        var place = PathId.OfGroup(id.ToString(CultureInfo.InvariantCulture));
        return await TargetLookup.FindGroupAsync(call, place, orPersonal: true) is { } found && Access.CanMakeProjects(found.Level)
            ? found.Node.Id.AsGroup
            : null;
    }

    private static async Task<IResult> ChangeAsync(ApiCall call)
    {
        var visibility = NamespaceParameters.VisibilityOf(call.Arguments);
        if (visibility is not null && visibility != call.Target.Visibility && !Access.Can(call.Level, TargetAccess.Own))
        {
            return GitLabErrors.Forbidden;
        }

        var (changed, refusal) = await NamespaceChanges.ChangeAsync(call);
        return refusal ?? call.Answer(ProjectBody.Of(changed!, call.Address));
    }

    private static async Task<IResult> TransferAsync(ApiCall call)
    {
        if (await TargetLookup.FindGroupAsync(call, PathId.OfGroup(call.Arguments.Get(NewGroup)), orPersonal: true) is not { } group)
        {
            return GitLabErrors.NamespaceNotFound;
        }

        if (!Access.CanTakeProjects(group.Level))
        {
            return NotTransferred("You don't have permission to transfer projects into that namespace.");
        }

        return group.Node.Id.AsGroup == call.Target.Parent
            ? NotTransferred("Project is already in this namespace.")
            : call.Answer(ProjectBody.Of(
                await call.Authority.TransferNamespaceAsync(call.Target.Id, group.Node.Id.AsGroup, call.Caller.Id, call.Aborted),
                call.Address));
    }

    /// <summary>GitLab puts nothing between the two sentences.</summary>
    private static IResult NotTransferred(string reason) =>
        GitLabErrors.Message(StatusCodes.Status400BadRequest, "Failed to transfer project " + reason);
}
