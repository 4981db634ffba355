using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansTokens.Audit;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Audit;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Settings;

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

    public async Task<DeployTokenVariables?> ReadVariablesAsync(ProjectId project, OperatorId by)
    {
        var lineage = await GrainFactory.GetGrain<IProjectGrain>(project.Value).GetLineageAsync(below: 0)
            ?? throw TokenAuthorityException.NotFound($"The {project.AsNamespace}");
        var settings = await GrainFactory.GetGrain<IApplicationSettingsGrain>(0).GetAsync();
        var found = await FindForJobAsync(DeployTokenRules.HoldersForJobs(lineage, settings.CiDeployTokenOfAncestors));
        await GrainFactory.GetGrain<IAuditWriterGrain>(AuditKeys.Of(project.AsNamespace))
            .AppendAsync(AuditEvent.DeployTokenVariablesRead, found?.Token ?? default, by);
        return found;
    }

    /// <summary>The first that is active, of the first holder that has one. The index proposes; each token's own grain decides.</summary>
    private async Task<DeployTokenVariables?> FindForJobAsync(IEnumerable<NamespaceId> holders)
    {
        foreach (var holder in holders)
        {
            if (await FindForJobAsync(holder) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private async Task<DeployTokenVariables?> FindForJobAsync(NamespaceId holder)
    {
        // Where a whole page is dead, by a revocation that the index does not know of, it is told, and the next page comes first.
        for (IReadOnlyList<long> last = []; ;)
        {
            var ids = await index.FindForJobsAsync(holder, time.GetUtcNow(), Limits.MaxPageSize);
            foreach (var id in ids)
            {
                if (await GrainFactory.GetGrain<IDeployTokenSecretGrain>(id).RevealAsync(holder) is { } found)
                {
                    return found;
                }
            }

            if (ids.Count < Limits.MaxPageSize || ids.SequenceEqual(last))
            {
                return null;
            }

            last = ids;
            await Task.WhenAll(ids.Select(id => Token(id).ReindexAsync()));
        }
    }

    private IDeployTokenAdministrationGrain Token(long id) => GrainFactory.GetGrain<IDeployTokenAdministrationGrain>(id);
}
