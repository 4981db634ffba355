using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Validation;

namespace OrleansTokens.Grains;

/// <summary>Registers what the grains need.</summary>
public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of the grains. Grain storage (the default provider, over <see cref="Storage.GrainStates"/>) and an
    /// <see cref="Index.IGridIndex"/> are the host's to add.
    /// </summary>
    public static IServiceCollection AddDeployTokenGrains(
        this IServiceCollection services,
        MasterKeyRing keys,
        DeployTokenOptions options,
        RegistryTokenOptions registryTokens,
        ValidationOptions? validation = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(keys);
        services.AddSingleton(options);
        services.AddSingleton(validation ?? new ValidationOptions());
        services.AddSingleton<IdAllocator>();
        services.AddRegistryTokens(registryTokens);
        return services;
    }
}
