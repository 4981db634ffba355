namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Puts the GitLab-shaped API into a host. <c>AddDeployTokens</c> of the client must be registered.</summary>
internal static class GitLabApiExtensions
{
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
        ExplainEndpoint.Map(routes);
        SigningKeyEndpoints.Map(routes);
        return routes;
    }
}
