using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansTokens.Client;

/// <summary>Registers the client.</summary>
public static class DeployTokenServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="DeployTokenValidator"/>, <see cref="DeployTokenAdministration"/> and <see cref="OperatorAdministration"/>, which use
    /// the Orleans client or silo of the same service collection. May be called more than once.
    /// </summary>
    public static IServiceCollection AddDeployTokens(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CredentialGate>();
        services.TryAddSingleton(static s =>
            new DeployTokenValidator(s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<CredentialGate>()));
        services.TryAddSingleton(static s =>
            new DeployTokenAdministration(s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<CredentialGate>()));
        services.TryAddSingleton(static s => new OperatorAdministration(s.GetRequiredService<IGrainFactory>()));
        return services;
    }
}
