using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansTokens.Grains.Index;
using OrleansTokens.Silo.Storage;
using OrleansTokens.Silo.Storage.Sqlite;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>The registration, in a silo.</summary>
public sealed class SqliteSiloTests
{
    [Fact]
    public async Task Silo_StartedAgainOnTheSameDirectory_FindsTheStateOfItsGrains()
    {
        await using var directory = SqliteHarness.Create();
        await using (var cluster = await DeployAsync(directory.Directory))
        {
            var counter = cluster.Client.GetGrain<ICounterGrain>("a");
            Assert.Equal(1, await counter.IncrementAsync());
            Assert.Equal(2, await counter.IncrementAsync());
            var index = Services(cluster).GetRequiredService<IGridIndex>();
            Assert.Equal(0, (await index.FindAsync(new TokenQuery(null, null, null, false, 0, 1))).Total);
        }

        await using var again = await DeployAsync(directory.Directory);
        Assert.Equal(3, await again.Client.GetGrain<ICounterGrain>("a").IncrementAsync());
        Assert.Equal(1, await again.Client.GetGrain<ICounterGrain>("b").IncrementAsync());
        Assert.IsType<SqliteGrainStorage>(Services(again).GetRequiredService<IGrainStorage>());
    }

    [Fact]
    public async Task Silo_OnADirectoryInUse_DoesNotStart()
    {
        await using var owner = SqliteHarness.Open();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => DeployAsync(owner.Directory));

        Assert.Contains("in use by another process", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_WithoutASerializer_DoesNotStart()
    {
        await using var directory = SqliteHarness.Create();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => DeployAsync(directory.Directory, isSerializerKnown: false));

        Assert.Contains(nameof(SqliteStorageOptions.GrainStorageSerializer), refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_DisposedOfSynchronously_GivesTheDirectoryUp()
    {
        await using var directory = SqliteHarness.Create();
        var services = new ServiceCollection().AddLogging().AddSqliteStorage(options =>
        {
            options.DataDirectory = directory.Directory;
            options.GrainStorageSerializer = new JsonGrainStateSerializer(SampleStateJson.Default);
        });
        using (var provider = services.BuildServiceProvider())
        {
            provider.GetRequiredService<SqliteDatabase>().Open();
        }

        directory.Database.Open();
    }

    private static async Task<InProcessTestCluster> DeployAsync(string directory, bool isSerializerKnown = true)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddSqliteStorage(options => options.DataDirectory = directory);
            if (isSerializerKnown)
            {
                silo.Services.AddSingleton(new JsonGrainStateSerializer(SampleStateJson.Default));
            }
        });
        var cluster = builder.Build();
        try
        {
            await cluster.DeployAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static IServiceProvider Services(InProcessTestCluster cluster) => cluster.Silos[0].ServiceProvider;
}

/// <summary>Counts its calls, durably.</summary>
[Alias("conformance.counter")]
public interface ICounterGrain : IGrainWithStringKey
{
    [Alias("increment")]
    Task<long> IncrementAsync();
}

public sealed class CounterGrain([PersistentState("counter")] IPersistentState<SampleState> state) : Grain, ICounterGrain
{
    public async Task<long> IncrementAsync()
    {
        state.State = new SampleState { Number = state.State.Number + 1 };
        await state.WriteStateAsync();
        return state.State.Number;
    }
}
