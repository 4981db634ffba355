using System.Globalization;
using OrleansTokens.Client;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Finds the group or project that <c>:id</c> names, as far as it is there for the caller.</summary>
internal static class TargetLookup
{
    /// <summary>Exactly one part of the result is not null.</summary>
    public static async Task<(ApiTarget? Target, IResult? Refusal)> FindAsync(
        HttpContext http, Operation operation, OperatorPrincipal? caller)
    {
        var unknown = operation.Target is NamespaceKind.Group ? GitLabErrors.GroupNotFound : GitLabErrors.ProjectNotFound;
        var authority = http.RequestServices.GetRequiredService<DeployTokenAdministration>();
        var segment = RawPath.Segment(http, Operation.TargetParameter);
        var id = operation.Target is NamespaceKind.Group ? PathId.OfGroup(segment) : PathId.OfProject(segment);
        var (target, moved) = id is null ? default : await LookUpAsync(authority, operation.Target, id.Value, http.RequestAborted);

        // In this order, so that nobody learns from a refusal that something is there which is not theirs to see.
        if (target is null || !target.PersonalOf.IsNone)
        {
            return (null, unknown);
        }

        var level = await Access.LevelAsync(
            http.RequestServices.GetRequiredService<OperatorAdministration>(), caller, target.Id, http.RequestAborted);
        if (!Access.CanRead(caller, level, target))
        {
            return (null, unknown);
        }

        if (moved)
        {
            return (null, Moved(http, target));
        }

        return Access.Can(level, operation.Access) ? (new ApiTarget(target, level), null) : (null, GitLabErrors.Forbidden);
    }

    /// <summary>The group that a parameter names, and what the caller may do with it; null where it is not there for the caller. A personal
    /// namespace is there for its operator only, and only where asked for.</summary>
    public static async Task<ApiTarget?> FindGroupAsync(ApiCall call, PathId? id, bool orPersonal)
    {
        var (group, _) = id is { } known ? await LookUpAsync(call.Authority, NamespaceKind.Group, known, call.Aborted) : default;
        if (group is null || (!group.PersonalOf.IsNone && !(orPersonal && (call.Caller.IsAdministrator || group.PersonalOf == call.Caller.Id))))
        {
            return null;
        }

        var level = await Access.LevelAsync(call.Operators, call.Caller, group.Id, call.Aborted);
        return Access.CanRead(call.Caller, level, group) ? new ApiTarget(group, level) : null;
    }

    /// <summary>A group or project by id or path, whoever asks; whether an old path was used.</summary>
    public static async Task<(NamespaceView? Target, bool Moved)> LookUpAsync(
        DeployTokenAdministration authority, NamespaceKind kind, PathId id, CancellationToken cancellation)
    {
        if (id.Number is { } number)
        {
            return (await authority.GetNamespaceAsync(new NamespaceId(kind, number), cancellation), false);
        }

        if (!NamespacePath.TryParse(id.Path, out var path))
        {
            return default;
        }

        var resolved = await authority.ResolveAsync(path, cancellation);
        var isTarget = resolved.Target.Kind == kind && resolved.Segments == path.Segments.Length;
        return isTarget ? (await authority.GetNamespaceAsync(resolved.Target, cancellation), resolved.Redirected) : default;
    }

    private static IResult Moved(HttpContext http, NamespaceView target)
    {
        var isGroup = target.Id.Kind is NamespaceKind.Group;
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            return isGroup ? GitLabErrors.MovedGroup : GitLabErrors.MovedProject;
        }

        var number = target.Id.Value.ToString(CultureInfo.InvariantCulture);
        var path = RawPath.With(http, Operation.TargetParameter, number)!;
        return TypedResults.Redirect(RequestUrl.Build(http, path).ToString());
    }
}
