using System.Reflection;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What clients ask before anything else: <c>/api/v4/version</c>, <c>/api/v4/metadata</c>.</summary>
internal static class InstallationEndpoints
{
    /// <summary>The GitLab release whose behaviour is matched. Clients switch features on by it, so it is not the product's own version.</summary>
    private const string MatchedGitLabVersion = "18.0.0";

    private const string Noun = "Installation";

    private static readonly string Revision = "orleanstokens-" + (typeof(InstallationEndpoints).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/version", "getVersion", "The GitLab release that is matched, and the version of this product")
            {
                Noun = Noun,
                Caller = Caller.Operator,
                Answer = typeof(VersionBody),
            },
            call => Task.FromResult(call.Answer(new VersionBody(MatchedGitLabVersion, Revision))));
        routes.MapOperation(
            new(HttpMethod.Get, "/metadata", "getMetadata", "The same as the version, as later clients ask for it")
            {
                Noun = Noun,
                Caller = Caller.Operator,
                Answer = typeof(MetadataBody),
            },
            call => Task.FromResult(call.Answer(new MetadataBody(MatchedGitLabVersion, Revision, Enterprise: false))));
    }
}
