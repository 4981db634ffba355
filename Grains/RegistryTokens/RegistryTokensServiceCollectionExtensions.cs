using Microsoft.Extensions.DependencyInjection;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>Registers what the grains of registry tokens need.</summary>
internal static class RegistryTokensServiceCollectionExtensions
{
    /// <summary>Adds the services. <see cref="Keys.MasterKeyRing"/>, <see cref="DeployTokens.DeployTokenOptions"/> and the time are others' to add.</summary>
    /// <exception cref="ArgumentException">The options cannot be; the message names every fault.</exception>
    public static IServiceCollection AddRegistryTokens(this IServiceCollection services, RegistryTokenOptions options)
    {
        var faults = options.Validate();
        if (faults.Count > 0)
        {
            throw new ArgumentException(
                string.Join(' ', faults.Select(static f => $"{f.Setting} {f.Fault}.")), nameof(options));
        }

        services.AddSingleton(options);
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton<RegistryJwtCache>();
        services.AddSingleton<DependencyProxyJwt>();
        return services;
    }
}
