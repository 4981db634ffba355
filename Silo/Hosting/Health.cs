using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansTokens.Installation;

namespace OrleansTokens.Silo.Hosting;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: it can answer and store what it is told; not before
/// it has started, nor once it is stopping.</summary>
internal static class Health
{
    private const string Live = "/healthz";
    private const string Ready = "/readyz";

    public static bool IsHealthPath(PathString path) => path == Live || path == Ready;

    public static void AddHealth(this IServiceCollection services) =>
        services.AddHealthChecks().AddCheck<GridCheck>("grid").AddCheck<StorageCheck>("storage");

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks(Live, new HealthCheckOptions { Predicate = static _ => false });
        routes.MapHealthChecks(Ready, new HealthCheckOptions { ResponseWriter = SayAsync });
    }

    /// <summary>What is wrong, in our own words only: those of an exception are for the log.</summary>
    private static Task SayAsync(HttpContext context, HealthReport report)
    {
        var faults = report.Entries.Values
            .Where(static entry => entry is { Status: HealthStatus.Unhealthy, Exception: null, Description: not null })
            .Select(static entry => entry.Description);
        var text = string.Join('\n', faults);
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(text.Length == 0 ? report.Status.ToString() : text, context.RequestAborted);
    }

    private sealed class GridCheck(IGrainFactory grains, FirstStart firstStart, IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (!firstStart.Completed || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return HealthCheckResult.Unhealthy("Starting or stopping.");
            }

            await grains.GetGrain<IInstallationGrain>(0).GetGatewayKeysAsync().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
