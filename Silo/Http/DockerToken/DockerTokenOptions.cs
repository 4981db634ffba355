namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>How registries know the token endpoint.</summary>
internal sealed class DockerTokenOptions
{
    /// <summary>
    /// The name that registries send as <c>service</c> (<c>auth.token.service</c> in the configuration of distribution). Default
    /// <c>container_registry</c>, GitLab's. A request for another service is answered 404, so where this differs from the registry's
    /// configuration nobody can sign in there.
    /// </summary>
    public string Service { get; set; } = "container_registry";
}
