using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Leases;

/// <summary>How silos tell each other that a token is dead; one on every silo.</summary>
[Alias("ot.ILeaseService")]
internal interface ILeaseService : IGrainService
{
    /// <summary>See <see cref="SiloLeases.ToldAsync"/>.</summary>
    [AlwaysInterleave, Alias("Told")]
    Task ToldAsync(TokenId token, long epoch);
}

/// <inheritdoc cref="ILeaseService"/>
[Reentrant]
internal sealed class LeaseService(GrainId id, global::Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloLeases leases)
    : GrainService(id, silo, loggers), ILeaseService
{
    public Task ToldAsync(TokenId token, long epoch) => leases.ToldAsync(token, epoch);
}

/// <summary>Reaches the service of a given silo.</summary>
internal sealed class LeaseServices(IServiceProvider services, ILocalSiloDetails self, SiloLeases leases)
    : GrainServiceClient<ILeaseService>(services)
{
    /// <summary>Whether a silo is this one.</summary>
    public bool IsOwn(SiloAddress silo) => silo == self.SiloAddress;

    public Task TellAsync(SiloAddress silo, TokenId token, long epoch) =>
        IsOwn(silo) ? leases.ToldAsync(token, epoch) : GetGrainService(silo).ToldAsync(token, epoch);
}
