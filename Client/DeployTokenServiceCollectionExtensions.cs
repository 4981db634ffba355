using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OrleansTokens.Client;

/// <summary>Registers the client.</summary>
public static class DeployTokenServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="DeployTokenValidator"/>, <see cref="DeployTokenAdministration"/> and <see cref="OperatorAdministration"/>, which use
    /// the Orleans client or silo of the same service collection. May be called more than once. Of
    /// <see cref="DeployTokenClientOptions"/> only <see cref="DeployTokenClientOptions.Deadline"/> counts here.
    /// </summary>
    /// <param name="services">Where to add them.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddDeployTokens(this IServiceCollection services)
    {
        services.AddOptions<DeployTokenClientOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeployTokenClientOptions>, DeadlineValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static s => new GridCalls(
            GrainsOf(s), s.GetRequiredService<IOptions<DeployTokenClientOptions>>().Value.Deadline, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<CredentialGate>();
        services.TryAddSingleton(static s =>
            new DeployTokenValidator(s.GetRequiredService<GridCalls>(), s.GetRequiredService<CredentialGate>()));
        services.TryAddSingleton(static s =>
            new DeployTokenAdministration(s.GetRequiredService<GridCalls>(), s.GetRequiredService<CredentialGate>()));
        services.TryAddSingleton(static s => new OperatorAdministration(s.GetRequiredService<GridCalls>()));
        return services;
    }

    /// <summary>
    /// Adds what <see cref="AddDeployTokens"/> adds, with a connection of its own to the authority's gateways; an Orleans client or silo
    /// that the application has besides is not touched. The host connects when it starts. While no gateway can be reached, at start or
    /// later, the host runs, every call ends as <see cref="Errors.ErrorCode.Unavailable"/>, and connecting goes on by itself. May be called
    /// more than once: there is one connection, and all that was configured counts.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="configure">Says at least where the authority is: <see cref="DeployTokenClientOptions.Gateways"/>. All faults in the
    /// options are reported at once, when the host starts.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddDeployTokenClient(this IServiceCollection services, Action<DeployTokenClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddDeployTokens().Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeployTokenClientOptions>, ConnectionValidator>());
        if (!services.Any(static service => service.ServiceType == typeof(GridConnection)))
        {
            services.AddSingleton<GridConnection>();
            services.AddHostedService(static s => s.GetRequiredService<GridConnection>());
        }

        return services;
    }

    private static Func<IGrainFactory> GrainsOf(IServiceProvider services)
    {
        if (services.GetService<GridConnection>() is { } connection)
        {
            return () => connection.Grains;
        }

        var grains = services.GetService<IGrainFactory>() ?? throw new InvalidOperationException(
            $"There is neither an Orleans client nor a silo. Call {nameof(AddDeployTokenClient)}.");
        return () => grains;
    }
}
