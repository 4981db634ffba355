namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>Puts the token endpoint for container registries into the application.</summary>
internal static class DockerTokenRoutes
{
    /// <summary>The path that registries send their clients to, GitLab's.</summary>
    public const string Path = "/jwt/auth";

    /// <summary>Serves the endpoint. Registries and GitLab know GET, and so HEAD, only; anything else is 404, as there.</summary>
    public static void MapDockerToken(this WebApplication app)
    {
        var handler = ActivatorUtilities.CreateInstance<DockerTokenHandler>(app.Services);
        app.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], (Delegate)handler.HandleAsync);
        app.Map(Path, static () => TypedResults.NotFound()).ExcludeFromDescription();
    }
}
