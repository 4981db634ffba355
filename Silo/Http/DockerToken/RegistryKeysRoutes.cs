namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>Puts the public keys for registries into the application.</summary>
internal static class RegistryKeysRoutes
{
    /// <summary>The key set, where GitLab has it.</summary>
    public const string KeySetPath = "/oauth/discovery/keys";

    /// <summary>The certificates.</summary>
    public const string CertificatesPath = "/jwt/certificates.pem";

    /// <summary>Serves both documents.</summary>
    public static void MapRegistryKeys(this IEndpointRouteBuilder routes)
    {
        var handler = ActivatorUtilities.CreateInstance<RegistryKeysHandler>(routes.ServiceProvider);
        routes.MapGet(KeySetPath, (Delegate)handler.GetKeySetAsync);
        routes.MapGet(CertificatesPath, (Delegate)handler.GetCertificatesAsync);
    }
}
