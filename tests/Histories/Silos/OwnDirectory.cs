using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Placement;

namespace OrleansTokens.Histories.Silos;

/// <summary>
/// A grain directory that knows only what runs on its own silo. With <see cref="OnOwnSilo"/>, every silo comes to have an activation of its
/// own of each grain it is asked for: all the duplicates that a cluster could have for a moment while its members change, and for as long as
/// it runs.
/// </summary>
internal sealed class OwnDirectory : IGrainDirectory
{
    private readonly ConcurrentDictionary<GrainId, GrainAddress> _own = [];

    public Task<GrainAddress?> Register(GrainAddress address) =>
        Task.FromResult<GrainAddress?>(_own.GetOrAdd(address.GrainId, address));

    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress) => Task.FromResult<GrainAddress?>(_own.AddOrUpdate(
        address.GrainId, address, (_, known) => previousAddress is not null && previousAddress.Matches(known) ? address : known));

    public Task Unregister(GrainAddress address)
    {
        if (_own.TryGetValue(address.GrainId, out var known) && known.Matches(address))
        {
            _own.TryRemove(new KeyValuePair<GrainId, GrainAddress>(address.GrainId, known));
        }

        return Task.CompletedTask;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(_own.GetValueOrDefault(grainId));

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}

/// <summary>Has the grains of one type looked for in a directory of their own.</summary>
internal sealed class DirectoryOf(GrainType type, IGrainDirectory directory) : IGrainDirectoryResolver
{
    public bool TryResolveGrainDirectory(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
    {
        grainDirectory = directory;
        return grainType == type;
    }
}

/// <summary>Has the grains of one type placed on the silo that was asked for them.</summary>
internal sealed class OnOwnSilo(GrainType type) : IPlacementStrategyResolver
{
    private readonly PreferLocalPlacement _local = new();

    public bool TryResolvePlacementStrategy(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out PlacementStrategy? result)
    {
        result = _local;
        return grainType == type;
    }
}
