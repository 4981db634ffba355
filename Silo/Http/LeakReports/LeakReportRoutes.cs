namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>Puts the addresses for reports of leaked tokens into the application: each only where its reporter is configured.</summary>
internal static class LeakReportRoutes
{
    /// <summary>Where GitHub reports.</summary>
    public const string GitHubPath = "/leak-reports/github";

    /// <summary>Where GitLab reports.</summary>
    public const string GitLabPath = "/leak-reports/gitlab/v1/revoke_tokens";

    /// <summary>Where GitLab asks what to report.</summary>
    public const string GitLabTypesPath = "/leak-reports/gitlab/v1/revocable_token_types";

    /// <summary>Adds what the endpoints need.</summary>
    public static void AddLeakReports(this IServiceCollection services, LeakReportOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<LeakRevoker>();
        services.AddSingleton<GitHubKeySource>();
        services.AddSingleton<LeakReportHandler>();
    }

    /// <summary>Serves the endpoints.</summary>
    public static void MapLeakReports(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<LeakReportOptions>();
        var handler = routes.ServiceProvider.GetRequiredService<LeakReportHandler>();
        if (options.TakesGitHub)
        {
            routes.MapPost(GitHubPath, (Delegate)handler.TakeFromGitHubAsync);
        }

        if (options.GitLabToken is not null)
        {
            routes.MapPost(GitLabPath, (Delegate)handler.TakeFromGitLabAsync);
            routes.MapGet(GitLabTypesPath, (Delegate)handler.TellGitLabTypesAsync);
        }
    }
}
