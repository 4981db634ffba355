namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Puts the GitLab-shaped API into a host. <c>AddDeployTokens</c> of the client must be registered.</summary>
internal static class GitLabApiExtensions
{
    /// <summary>Adds what the API needs.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="externalUrl">Where clients find it; null: what each request says.</param>
    public static IServiceCollection AddGitLabApi(this IServiceCollection services, string? externalUrl) =>
        services.AddSingleton<BodyAllowances>().AddSingleton(new PublicAddress(externalUrl));

    /// <summary>Gives failures below <c>/api/v4</c> GitLab's bodies. Goes before everything that may fail.</summary>
    public static IApplicationBuilder UseGitLabApiErrors(this IApplicationBuilder app) => app.UseMiddleware<GitLabErrorsMiddleware>();

    /// <summary>Routes every operation of the API.</summary>
    public static IEndpointRouteBuilder MapGitLabApi(this IEndpointRouteBuilder routes)
    {
        InstallationEndpoints.Map(routes);
        UserEndpoints.Map(routes);
        PersonalAccessTokenEndpoints.Map(routes);
        NamespaceEndpoints.Map(routes);
        GroupEndpoints.Map(routes);
        ProjectEndpoints.Map(routes);
        MemberEndpoints.Map(routes);
        DeployTokenEndpoints.Map(routes);
        AuditEndpoints.Map(routes);
        JobVariableEndpoints.Map(routes);
        ExplainEndpoint.Map(routes);
        TokenInformationEndpoints.Map(routes);
        SigningKeyEndpoints.Map(routes);
        ApplicationSettingsEndpoints.Map(routes);
        return routes;
    }
}
