using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;

namespace OrleansTokens.Grains.DeployTokens;

/// <inheritdoc cref="IDeployTokenDirectoryGrain"/>
[StatelessWorker, GrainType("deploy-token-directory")]
internal sealed partial class DeployTokenDirectoryGrain(
    IGridIndex index, IdAllocator ids, TimeProvider time, ILogger<DeployTokenDirectoryGrain> logger) : Grain, IDeployTokenDirectoryGrain
{
    public async Task<IssuedDeployToken> IssueAsync(IssueDeployToken request)
    {
        DeployTokenRules.Check(request);
        var id = await ids.NextAsync(IdSequence.DeployTokens);
        return await Token(id).IssueAsync(request);
    }

    public async Task<DeployTokenPage> ListAsync(ListDeployTokens list)
    {
        Listing.CheckPage(list.Offset, list.Limit);
        var now = time.GetUtcNow();
        var holder = list.Holder;
        var query = new TokenQuery(
            holder.IsNone ? null : holder.Kind,
            holder.IsNone ? null : holder.Value,
            list.ActiveOnly ? now : null,
            Descending: false,
            list.Offset,
            list.Limit);
        var (items, total) = await Listing.ReadAsync(
            () => index.FindAsync(query),
            async id => await Token(id).GetAsync() is { } token && (!list.ActiveOnly || token.IsActive(now)) ? token : null,
            id => Token(id).ReindexAsync(),
            (id, fault) => LogLeftOut(logger, id, fault));
        return new DeployTokenPage(items, total);
    }

    private IDeployTokenAdministrationGrain Token(long id) => GrainFactory.GetGrain<IDeployTokenAdministrationGrain>(id);
}
