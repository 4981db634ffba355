using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Projects: <c>/api/v4/projects</c>.</summary>
internal static class ProjectEndpoints
{
    private const string Noun = "Projects";

    private static readonly IntegerParameter GroupIdParameter = new("namespace_id", "Id of the group to make it in.") { Required = true };
    private static readonly TextParameter NewGroup = new("namespace", "Id or full path of the group to move it to.") { Required = true };
    private static readonly NamespaceListing Projects = new(NamespaceKind.Project, "created_at", "desc");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/projects", "listProjects", "All projects")
            {
                Noun = Noun,
                Caller = Caller.Administrator,
                Parameters = Projects.Parameters,
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
            call => Task.FromResult(call.Answer(ProjectBody.Of(call.Target))));
        routes.MapOperation(
            new(HttpMethod.Post, "/projects", "createProject", "Make a project")
            {
                Noun = Noun,
                Description = "Without a name the path is the name; without a path it is made of the name.",
                Caller = Caller.Administrator,
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
        MapChanges(routes);
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
                Parameters = changeable,
                Rules = [new ParameterRule.AtLeastOne(changeable)],
            },
            async call => await NamespaceChanges.ChangeAsync(call) is var (changed, refusal) && refusal is null
                ? call.Answer(ProjectBody.Of(changed!))
                : refusal!);
        routes.MapOperation(
            Change(HttpMethod.Put, "/transfer", "transferProject", "Move a project to another group") with { Parameters = [NewGroup] },
            TransferAsync);
        routes.MapOperation(
            Change(HttpMethod.Post, "/archive", "archiveProject", "Archive a project") with { Status = StatusCodes.Status201Created },
            async call => call.Answer(ProjectBody.Of(await NamespaceChanges.ArchiveAsync(call, archived: true))));
        routes.MapOperation(
            Change(HttpMethod.Post, "/unarchive", "unarchiveProject", "Bring back an archived project") with
            {
                Status = StatusCodes.Status201Created,
            },
            async call => call.Answer(ProjectBody.Of(await NamespaceChanges.ArchiveAsync(call, archived: false))));
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
            Access = TargetAccess.Administer,
            Answer = typeof(ProjectBody),
        };

    private static async Task<IResult> CreateAsync(ApiCall call)
    {
        var group = new GroupId(call.Arguments.Get(GroupIdParameter));
        if (group.IsNone || await call.Authority.GetNamespaceAsync(group.AsNamespace, call.Aborted) is null)
        {
            return GitLabErrors.Field("namespace", "is not valid");
        }

        var path = call.Arguments.Find(NamespaceParameters.Path);
        var name = call.Arguments.Find(NamespaceParameters.Name) ?? path!;
        var (request, refusal) = NamespaceChanges.ToCreate(call, group, name, path ?? NamespaceChanges.PathOf(name));
        return refusal ?? call.Answer(ProjectBody.Of(await call.Authority.CreateProjectAsync(request!, call.Aborted)));
    }

    private static async Task<IResult> TransferAsync(ApiCall call)
    {
        var (group, _) = PathId.OfGroup(call.Arguments.Get(NewGroup)) is { } id
            ? await TargetLookup.LookUpAsync(call.Authority, NamespaceKind.Group, id, call.Aborted)
            : default;
        return group is null
            ? GitLabErrors.NamespaceNotFound
            : call.Answer(ProjectBody.Of(
                await call.Authority.TransferNamespaceAsync(call.Target.Id, group.Id.AsGroup, call.Caller.Id, call.Aborted)));
    }
}
