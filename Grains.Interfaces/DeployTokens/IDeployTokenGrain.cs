using Orleans.Concurrency;
using OrleansTokens.Leases;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.DeployTokens;

/// <summary>A deploy token, as those see it who only validate. Keyed by the token id.</summary>
[Alias(WireAliases.IDeployTokenGrain)]
public interface IDeployTokenGrain : IGrainWithIntegerKey
{
    /// <summary>May the holder of this credential do this, here, now? One decision for each question, in their order.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Validate")]
    Task<ValidationAnswer> ValidateAsync(ValidationRequest request);
}

/// <summary>A deploy token, as those see it who administer. Keyed by the token id. Every call may be repeated.</summary>
[Alias(WireAliases.IDeployTokenAdministrationGrain)]
public interface IDeployTokenAdministrationGrain : IGrainWithIntegerKey
{
    /// <summary>The token, or null where there is none (never issued, destroyed, or its holder deleted).</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<DeployTokenView?> GetAsync();

    /// <summary>Makes the token of this id. Called once for an id that was just handed out.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/> (the holder),
    /// <see cref="Errors.ErrorCode.InvalidArgument"/>, <see cref="Errors.ErrorCode.LimitExceeded"/>,
    /// <see cref="Errors.ErrorCode.Unavailable"/>. No usable token is left behind.</exception>
    [Alias("Issue")]
    Task<IssuedDeployToken> IssueAsync(IssueDeployToken request);

    /// <summary>Revokes the token: durable when the call returns, and obeyed everywhere from <see cref="RevocationReceipt.Settling"/> after it on.
    /// Null where there is no such token.</summary>
    [Alias("Revoke")]
    Task<RevocationReceipt?> RevokeAsync(OperatorId by, string reason);

    /// <summary>Destroys the token: as <see cref="RevokeAsync"/>, and it is not shown any more, nor counted by its holder.</summary>
    [Alias("Destroy")]
    Task<Removal> DestroyAsync(OperatorId by);

    /// <summary>Tells everybody once more, where the token is dead, that it is: by whoever asks for its end and finds that it has come.</summary>
    /// <returns>For how long, from the answer on, somebody may still go by what was before.</returns>
    [Alias("Settle")]
    Task<TimeSpan> SettleAsync();

    /// <summary>Called by a holder that was deleted: as <see cref="DestroyAsync"/>, but it asks nothing of the holder.</summary>
    [Alias("PutAway")]
    Task PutAwayAsync(OperatorId by);

    /// <summary>The same decisions as <see cref="IDeployTokenGrain.ValidateAsync"/>, with the facts each rests on. Without a secret in
    /// the request the credential is taken as right.</summary>
    [AlwaysInterleave, Alias("Explain")]
    Task<Explanation> ExplainAsync(ExplainRequest request);

    /// <summary>Writes the token into the index again; where it was destroyed, its holder forgets it.</summary>
    [Alias("Reindex")]
    Task ReindexAsync();
}

/// <summary>Issues and lists deploy tokens. Stateless; key 0.</summary>
[Alias(WireAliases.IDeployTokenDirectoryGrain)]
public interface IDeployTokenDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Issues a token under a new id. See <see cref="IDeployTokenAdministrationGrain.IssueAsync"/>.</summary>
    [Alias("Issue")]
    Task<IssuedDeployToken> IssueAsync(IssueDeployToken request);

    /// <summary>A page of tokens, from the index; each item is told by its own grain.</summary>
    [Alias("List")]
    Task<DeployTokenPage> ListAsync(ListDeployTokens query);

    /// <summary>What a CI job of a project is given: of the active tokens named <see cref="DeployTokenVariables.Name"/> the one with the
    /// lowest id, the project's own before its group's; null where there is none. It is in the project's audit before this returns.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>: the project;
    /// <see cref="Errors.ErrorCode.Unavailable"/>.</exception>
    [Alias("ReadVariables")]
    Task<DeployTokenVariables?> ReadVariablesAsync(Namespaces.ProjectId project, OperatorId by);
}
