using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <inheritdoc cref="IOperatorDirectoryGrain"/>
[StatelessWorker, GrainType("operator-directory")]
internal sealed partial class OperatorDirectoryGrain(
    MasterKeyRing keys, IdAllocator ids, IGridIndex index, TimeProvider time, ILogger<OperatorDirectoryGrain> logger) : Grain, IOperatorDirectoryGrain
{
    public async Task<OperatorAuthentication> AuthenticateAsync(Secret token)
    {
        var lookUps = SecretDigest.LookupKeys(keys, token);
        var refused = OperatorAuthentication.Unknown;
        foreach (var key in lookUps)
        {
            var place = await GrainFactory.GetGrain<IOperatorTokenGrain>(key).FindAsync();
            if (place.Operator.IsNone)
            {
                continue;
            }

            var answer = await Owner(place.Operator).AuthenticateAsync(place.Token);
            if (answer.Operator is null)
            {
                refused = refused.Refusal == OperatorRefusal.Unknown ? answer : refused;
                continue;
            }

            if (key != lookUps[0])
            {
                // Not waited for: whoever is let in must not depend on a write. Where it fails, the next time does it.
                Owner(place.Operator).RenewAsync(place.Token, lookUps[0]).Ignore();
            }

            return answer;
        }

        return refused;
    }

    public async Task<OperatorView> CreateAsync(CreateOperator request)
    {
        // What needs no grain to be refused is refused before an id is used up.
        OperatorRules.CheckUsername(request.Username);
        OperatorRules.CheckName(request.Name);
        OperatorRules.CheckEmail(request.Email);
        var id = await ids.NextAsync(IdSequence.Operators);
        while (id <= OperatorId.First.Value)
        {
            id = await ids.NextAsync(IdSequence.Operators);
        }

        return await Operator(id).CreateAsync(request);
    }

    public async Task<OperatorView?> FindByUsernameAsync(string username)
    {
        if (!Slug.TryParse(username, out var slug))
        {
            return null;
        }

        var entry = await PathEntryGrain.Of(GrainFactory, default, slug).GetAsync();
        var holder = entry is { Redirect: false, Target.Kind: NamespaceKind.Group }
            ? (await GrainFactory.GetGrain<IGroupGrain>(entry.Target.Value).GetAsync())?.PersonalOf ?? default
            : default;
        var found = await Operator(holder.IsNone ? OperatorId.First.Value : holder.Value).GetAsync();
        return found?.Username.Equals(username, StringComparison.OrdinalIgnoreCase) is true ? found : null;
    }

    public async Task<OperatorPage> ListAsync(ListOperators list)
    {
        Listing.CheckPage(list.Offset, list.Limit);
        var query = new OperatorQuery(
            list.Search, list.SearchEmails, list.Username, list.Blocked, list.AdministratorsOnly, list.Descending, list.Offset, list.Limit);
        var (items, total) = await Listing.ReadAsync(
            () => index.FindAsync(query),
            id => Operator(id).GetAsync(),
            id => Operator(id).ReindexAsync(),
            (id, fault) => LogOperatorLeftOut(logger, id, fault));
        return new OperatorPage(items, total);
    }

    public async Task<OperatorTokenPage> ListTokensAsync(ListOperatorTokens list)
    {
        Listing.CheckPage(list.Offset, list.Limit);
        var now = time.GetUtcNow();
        if (!list.Operator.IsNone)
        {
            var all = (await Owner(list.Operator).ListAsync()).Where(t => Fits(t, list, now)).ToList();
            return new OperatorTokenPage([.. (list.Descending ? Enumerable.Reverse(all) : all).Skip(list.Offset).Take(list.Limit)], all.Count);
        }

        var query = new OperatorTokenQuery(list.Active, list.Revoked, list.Search, now, list.Descending, list.Offset, list.Limit);
        var (items, total) = await Listing.ReadAsync(
            () => index.FindAsync(query), FindAsync, MendAsync, (id, fault) => LogTokenLeftOut(logger, id, fault));
        return new OperatorTokenPage(items, total);
    }

    public Task<OperatorTokenView?> FindTokenAsync(OperatorTokenId token) => FindAsync(token.Value);

    private async Task<OperatorTokenView?> FindAsync(long token) => await index.FindTokenHolderAsync(token) is { } holder
        ? await Operator(holder).GetTokenAsync(new OperatorTokenId(token))
        : null;

    private async Task MendAsync(long token)
    {
        if (await index.FindTokenHolderAsync(token) is { } holder)
        {
            await Owner(new OperatorId(holder)).ReindexTokenAsync(new OperatorTokenId(token));
        }
    }

    private static bool Fits(OperatorTokenView token, ListOperatorTokens list, DateTimeOffset now) =>
        (list.Active is not { } active || token.IsActive(now) == active)
        && (list.Revoked is not { } revoked || token.RevokedAt is not null == revoked)
        && (list.Search is not { Length: > 0 } search
            || GridIndexRules.Fold(token.Name).Contains(GridIndexRules.Fold(search), StringComparison.Ordinal));

    private IOperatorGrain Operator(long id) => GrainFactory.GetGrain<IOperatorGrain>(id);

    private IOperatorTokenOwnerGrain Owner(OperatorId id) => GrainFactory.GetGrain<IOperatorTokenOwnerGrain>(id.Value);
}
