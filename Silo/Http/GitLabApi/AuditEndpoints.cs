using OrleansTokens.Audit;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What was done at groups and projects: <c>audit_events</c>, in GitLab's shape.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapHolder(routes, NamespaceKind.Project, "/projects/{id}/audit_events", "Project");
        MapHolder(routes, NamespaceKind.Group, "/groups/{id}/audit_events", "Group");
    }

    private static void MapHolder(IEndpointRouteBuilder routes, NamespaceKind kind, string path, string holder) => routes.MapOperation(
        new(HttpMethod.Get, path, $"list{holder}AuditEvents", $"What was done at a {holder.ToLowerInvariant()}, newest first")
        {
            Noun = "Audit events",
            Target = kind,
            Access = kind is NamespaceKind.Group ? TargetAccess.Own : TargetAccess.Maintain,
            Parameters = [Paging.Page, Paging.PerPage],
            Answer = typeof(AuditEventBody[]),
        },
        ListAsync);

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var page = Paging.Of(call.Arguments);
        var found = await call.Authority.ListAuditAsync(call.Target.Id, page.Offset, page.PerPage, call.Aborted);
        return call.AnswerPage(page, found.Total, found.Items, record => AuditEventBody.Of(record, call.Target.Id));
    }
}

/// <summary>A record as GitLab shows audit events.</summary>
internal sealed record AuditEventBody(
    long Id, long AuthorId, long EntityId, string EntityType, string EventName, AuditDetailsBody Details, DateTimeOffset CreatedAt, string Hash)
{
    public static AuditEventBody Of(AuditRecord record, NamespaceId holder)
    {
        var name = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(record.Event.ToString());
        var details = new AuditDetailsBody(name, record.Token.Value == 0 ? null : record.Token.Value, "DeployToken");
        return new AuditEventBody(
            record.Sequence, record.By.Value, holder.Value, holder.Kind.ToString(), name, details, record.At, record.Hash);
    }
}

/// <summary>What the event was about.</summary>
internal sealed record AuditDetailsBody(string EventName, long? TargetId, string TargetType);
