using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansTokens.Client.Leases;
using OrleansTokens.Leases;

namespace OrleansTokens.Client;

/// <summary>Registers the client.</summary>
public static class DeployTokenServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="DeployTokenValidator"/>, <see cref="DeployTokenAdministration"/> and <see cref="OperatorAdministration"/>, which use
    /// the Orleans client or silo of the same service collection. May be called more than once. What
    /// <see cref="DeployTokenClientOptions"/> say of a connection does not count here.
    /// </summary>
    /// <param name="services">Where to add them.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddDeployTokens(this IServiceCollection services)
    {
        AddUse(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClusterConnectionStatusObserver, ConnectionLoss>(
            static s => s.GetRequiredService<ConnectionLoss>()));
        return services;
    }

    /// <summary>
    /// Adds <see cref="DeployTokenValidator"/>, <see cref="DeployTokenAdministration"/> and <see cref="OperatorAdministration"/>, with a
    /// connection of their own to the authority's gateways; an Orleans client or silo that the application has besides is not touched. The
    /// host connects when it starts. While no gateway can be reached, at start or later, the host runs, every call ends as
    /// <see cref="Errors.ErrorCode.Unavailable"/>, and connecting goes on by itself. May be called more than once: there is one connection,
    /// and all that was configured counts.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="configure">Says at least where the authority is: <see cref="DeployTokenClientOptions.Gateways"/>, or where they are looked
    /// up. All faults in the options are reported at once, when the host starts.</param>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddDeployTokens(this IServiceCollection services, Action<DeployTokenClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        AddUse(services);
        services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeployTokenClientOptions>, ConnectionValidator>());
        if (!services.Any(static service => service.ServiceType == typeof(GridConnection)))
        {
            services.AddSingleton<GridConnection>();
            services.AddHostedService(static s => s.GetRequiredService<GridConnection>());
        }

        return services;
    }

    private static void AddUse(IServiceCollection services)
    {
        services.AddOptions<DeployTokenClientOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeployTokenClientOptions>, UseValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static s => new ClientMetrics(s.GetService<IMeterFactory>()));
        services.TryAddSingleton<ConnectionLoss>();
        services.TryAddSingleton(static s => new GridCalls(
            GrainsOf(s), OptionsOf(s).Deadline, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ClientMetrics>()));
        services.TryAddSingleton<CredentialGate>();
        services.TryAddSingleton(static s => new LeasedDecisions(
            s.GetRequiredService<GridCalls>(), OptionsOf(s), s.GetRequiredService<ConnectionLoss>(),
            LeaseClock.Of(s.GetRequiredService<TimeProvider>()), s.GetRequiredService<ClientMetrics>()));
        services.TryAddSingleton(static s => new DeployTokenValidator(
            s.GetRequiredService<GridCalls>(), s.GetRequiredService<CredentialGate>(), s.GetRequiredService<LeasedDecisions>(),
            new LeasedDecisions(
                s.GetRequiredService<GridCalls>(), OptionsOf(s), s.GetRequiredService<ConnectionLoss>(),
                LeaseClock.Of(s.GetRequiredService<TimeProvider>()), s.GetRequiredService<ClientMetrics>(),
                maxKept: DeployTokenValidator.MaxKeptTokens)));
        services.TryAddSingleton(static s => new DeployTokenAdministration(
            s.GetRequiredService<GridCalls>(), s.GetRequiredService<CredentialGate>(), new Settlement(s.GetRequiredService<TimeProvider>())));
        services.TryAddSingleton(static s => new OperatorAdministration(
            s.GetRequiredService<GridCalls>(), new Settlement(s.GetRequiredService<TimeProvider>())));
    }

    private static DeployTokenClientOptions OptionsOf(IServiceProvider services) =>
        services.GetRequiredService<IOptions<DeployTokenClientOptions>>().Value;

    private static Func<IGrainFactory> GrainsOf(IServiceProvider services)
    {
        if (services.GetService<GridConnection>() is { } connection)
        {
            return () => connection.Grains;
        }

        var grains = services.GetService<IGrainFactory>() ?? throw new InvalidOperationException(
            $"There is neither an Orleans client nor a silo. Call {nameof(AddDeployTokens)} with options that say where the authority is.");
        return () => grains;
    }
}
