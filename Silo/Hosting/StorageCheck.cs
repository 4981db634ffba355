using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansTokens.Silo.Storage.Sqlite;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Not ready while nothing can be stored: changes would be refused, and revocations among them.</summary>
internal sealed class StorageCheck(SqliteWriteProbe probe) : IHealthCheck
{
    private const string Failing = "storage does not take writes";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await probe.TakesWritesAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(Failing);
}
