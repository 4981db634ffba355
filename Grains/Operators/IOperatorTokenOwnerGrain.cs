using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <summary>What only the grid itself asks of an operator. Keyed by the operator's id.</summary>
[Alias("ot.IOperatorTokenOwnerGrain")]
internal interface IOperatorTokenOwnerGrain : IGrainWithIntegerKey
{
    /// <summary>Whom the token stands for now, or why for nobody. Whoever asks has seen its secret.</summary>
    [AlwaysInterleave, Alias("Authenticate")]
    ValueTask<OperatorAuthentication> AuthenticateAsync(OperatorTokenId token);

    /// <summary>All tokens that are kept, in order of their ids.</summary>
    [AlwaysInterleave, Alias("List")]
    ValueTask<ImmutableArray<OperatorTokenView>> ListAsync();

    /// <summary>Writes the index's entry of a token again, or takes it off where there is no such token. It waits for a token that is just
    /// being issued: what was taken off stays off.</summary>
    [Alias("ReindexToken")]
    Task ReindexTokenAsync(OperatorTokenId token);

    /// <summary>Lets a token be found under the newest master key too, so that the one it was seen under can be taken away.</summary>
    [Alias("Renew")]
    Task RenewAsync(OperatorTokenId token, string newestLookUpKey);

    /// <summary>Takes over the administrator's token of an installation from before operators had tokens of their own. May be
    /// repeated. For the first operator only.</summary>
    /// <param name="lookUpKeys">The look-up keys of the token; empty where there is none.</param>
    [Alias("Adopt")]
    Task AdoptAsync(ImmutableArray<string> lookUpKeys);

    /// <summary>See <see cref="OrleansTokens.Installation.IInstallationGrain.EnsureAdministratorAsync"/>. For the first operator only.</summary>
    [Alias("EnsureAdministrator"), ResponseTimeout("00:01:00")]
    Task<Secret?> EnsureAdministratorAsync(Secret? given);
}
