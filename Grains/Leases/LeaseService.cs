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

    /// <summary>How long leases are on this silo.</summary>
    [AlwaysInterleave, Alias("GetLength")]
    Task<TimeSpan> GetLengthAsync();
}

/// <inheritdoc cref="ILeaseService"/>
[Reentrant]
internal sealed class LeaseService(
    GrainId id, global::Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloLeases leases, LeaseOptions options)
    : GrainService(id, silo, loggers), ILeaseService
{
    public Task ToldAsync(TokenId token, long epoch) => leases.ToldAsync(token, epoch);

    public Task<TimeSpan> GetLengthAsync() => Task.FromResult(options.Length);
}

/// <summary>Reaches the service of a given silo.</summary>
internal sealed class LeaseServices(IServiceProvider services, ILocalSiloDetails self) : GrainServiceClient<ILeaseService>(services)
{
    /// <summary>Whether a silo is this one.</summary>
    public bool IsOwn(SiloAddress silo) => silo == self.SiloAddress;

    public Task<TimeSpan> GetLengthAsync(SiloAddress silo) => GetGrainService(silo).GetLengthAsync();

    /// <summary>Tells a silo. This one is told like any other: what a lessee acknowledges to a service goes back to the silo it came from,
    /// while an acknowledgement to a grain goes to where the directory has that grain, and that may be another activation.</summary>
    public Task TellAsync(SiloAddress silo, TokenId token, long epoch) => GetGrainService(silo).ToldAsync(token, epoch);
}
