using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>Puts introspection (RFC 7662), revocation (RFC 7009) and their metadata (RFC 8414) into the application.</summary>
internal static class OAuthRoutes
{
    /// <summary>Where it is asked whether a token is alive.</summary>
    public const string IntrospectPath = "/oauth/introspect";

    /// <summary>Where tokens are revoked by whoever has them.</summary>
    public const string RevokePath = "/oauth/revoke";

    /// <summary>Where the metadata is.</summary>
    public const string MetadataPath = "/.well-known/oauth-authorization-server";

    /// <summary>Adds what the endpoints need.</summary>
    public static void AddOAuth(this IServiceCollection services, OAuthOptions options) => services.AddSingleton(new OAuthClients(options));

    /// <summary>Serves the endpoints. Other methods than POST are 405.</summary>
    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        var handler = ActivatorUtilities.CreateInstance<OAuthHandler>(routes.ServiceProvider);
        routes.MapPost(IntrospectPath, (Delegate)handler.IntrospectAsync);
        routes.MapPost(RevokePath, (Delegate)handler.RevokeAsync);
        routes.MapGet(
            MetadataPath,
            static (HttpContext http, PublicAddress address) =>
                TypedResults.Json(ServerMetadata.Of(address.Of(http.Request), RegistryKeysRoutes.KeySetPath)));
    }
}
