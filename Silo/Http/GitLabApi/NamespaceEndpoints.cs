using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Groups and personal namespaces, as places for projects: <c>/api/v4/namespaces</c>.</summary>
internal static class NamespaceEndpoints
{
    private static readonly TextParameter Id =
        new("namespace_id", "Id of the namespace, or its full path with every / as %2F.") { Required = true, InPath = true };

    public static void Map(IEndpointRouteBuilder routes) => routes.MapOperation(
        new(HttpMethod.Get, "/namespaces/{namespace_id}", "getNamespace", "A group, or one's personal namespace")
        {
            Noun = "Namespaces",
            Caller = Caller.Operator,
            Parameters = [Id],
            Answer = typeof(NamespaceBody),
        },
        async call => await TargetLookup.FindGroupAsync(call, PathId.OfGroup(call.Arguments.Get(Id)), orPersonal: true) is { } found
            ? call.Answer(NamespaceBody.Of(found.Node))
            : GitLabErrors.NamespaceNotFound);
}
