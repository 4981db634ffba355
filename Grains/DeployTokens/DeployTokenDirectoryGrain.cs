using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;

namespace OrleansTokens.Grains.DeployTokens;

/// <inheritdoc cref="IDeployTokenDirectoryGrain"/>
[StatelessWorker, GrainType("deploy-token-directory")]
internal sealed class DeployTokenDirectoryGrain(IGridIndex index, IdAllocator ids, TimeProvider time) : Grain, IDeployTokenDirectoryGrain
{
    public async Task<IssuedDeployToken> IssueAsync(IssueDeployToken request)
    {
        DeployTokenRules.Check(request);
        var id = await ids.NextAsync(IdSequence.DeployTokens);
        return await Token(id).IssueAsync(request);
    }

    public async Task<DeployTokenPage> ListAsync(ListDeployTokens query)
    {
        var now = time.GetUtcNow();
        var holder = query.Holder;
        var page = await index.FindAsync(new TokenQuery(
            holder.IsNone ? null : holder.Kind,
            holder.IsNone ? null : holder.Value,
            query.ActiveOnly ? now : null,
            Descending: false,
            query.Offset,
            query.Limit));
        var views = await Task.WhenAll(page.Ids.Select(id => Token(id).GetAsync()));
        var items = ImmutableArray.CreateBuilder<DeployTokenView>(views.Length);
        for (var i = 0; i < views.Length; i++)
        {
            if (views[i] is { } view && (!query.ActiveOnly || view.IsActive(now)))
            {
                items.Add(view);
            }
            else
            {
                await Token(page.Ids[i]).ReindexAsync(); // The index was behind, or ahead of a token that never came to be.
            }
        }

        return new DeployTokenPage(items.ToImmutable(), page.Total - (views.Length - items.Count));
    }

    private IDeployTokenAdministrationGrain Token(long id) => GrainFactory.GetGrain<IDeployTokenAdministrationGrain>(id);
}
