using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>Registers the embedded database.</summary>
public static class SqliteStorageRegistration
{
    /// <inheritdoc cref="AddSqliteStorage(IServiceCollection, Action{SqliteStorageOptions})"/>
    public static ISiloBuilder AddSqliteStorage(this ISiloBuilder silo, Action<SqliteStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddSqliteStorage(configure);
        return silo;
    }

    /// <summary>
    /// Makes the embedded database the default grain storage, the <see cref="IRecordVersions"/> and the <see cref="IGridIndex"/> of this silo. It opens before anything
    /// else of the silo starts: where it cannot, the silo does not start.
    /// </summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, Action<SqliteStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<SqliteStorageOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IPostConfigureOptions<SqliteStorageOptions>>(provider => new PostConfigureOptions<SqliteStorageOptions>(
            Options.DefaultName,
            options => options.GrainStorageSerializer ??= provider.GetService<JsonGrainStateSerializer>()!));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<SqliteStorageOptions>, SqliteStorageOptionsValidator>());
        services.TryAddSingleton<SqliteDatabase>();
        services.TryAddSingleton<SqliteWriteProbe>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.TryAddSingleton<IGridIndex, SqliteGridIndex>();
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(provider));
        services.TryAddSingleton<IRecordVersions>(static provider => provider.GetRequiredService<SqliteGrainStorage>());
        return services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            static (provider, _) => provider.GetRequiredService<SqliteGrainStorage>());
    }
}
