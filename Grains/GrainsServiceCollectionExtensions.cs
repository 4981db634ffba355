using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains;

/// <summary>Registers what the grains need.</summary>
public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of the grains. Grain storage (the default provider, over <see cref="Storage.GrainStates"/>) and an
    /// <see cref="Index.IGridIndex"/>, and <see cref="Storage.IRecordVersions"/> over the same storage, are the host's to add.
    /// </summary>
    public static IServiceCollection AddDeployTokenGrains(
        this IServiceCollection services,
        MasterKeyRing keys,
        DeployTokenOptions options,
        RegistryTokenOptions registryTokens,
        ValidationOptions? validation = null,
        LeaseOptions? leases = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(keys);
        services.AddSingleton(options);
        services.AddSingleton(validation ?? new ValidationOptions());
        services.AddSingleton<IdAllocator>();
        services.AddRegistryTokens(registryTokens);
        services.AddLeases(leases ?? new LeaseOptions());
        return services;
    }

    private static void AddLeases(this IServiceCollection services, LeaseOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(static s => LeaseClock.Of(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RecordConfirmer>();
        services.AddSingleton(static s => new LeaseAgreement(
            s.GetRequiredService<LeaseOptions>(),
            silo => s.GetRequiredService<LeaseServices>().GetLengthAsync(silo),
            s.GetRequiredService<ILogger<LeaseAgreement>>()));
        services.AddSingleton<FactContext>();
        services.AddSingleton<PlaceFinder>();
        services.AddSingleton<SiloLiveness>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static s => s.GetRequiredService<SiloLiveness>());
        services.AddSingleton<SiloLeases>();
        services.AddSingleton<LeaseServices>();
        services.AddSingleton<Revoker>();
        services.AddSingleton<AnonymousValidation>();
        services.AddGrainService<LeaseService>();
    }
}
