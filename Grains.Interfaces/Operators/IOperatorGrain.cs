using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Operators;

/// <summary>Finds and makes operators, and knows whom their tokens stand for. Stateless; key 0.</summary>
[Alias(WireAliases.IOperatorDirectoryGrain)]
public interface IOperatorDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Whom an operator token stands for now, or why for nobody. A revocation, a block, and a role taken away count from when
    /// their call has returned.</summary>
    [Alias("Authenticate")]
    Task<OperatorAuthentication> AuthenticateAsync(Secret token);

    /// <summary>Makes an operator under a new id. See <see cref="IOperatorGrain.CreateAsync"/>.</summary>
    [Alias("Create")]
    Task<OperatorView> CreateAsync(CreateOperator request);

    /// <summary>The operator of a username, in any case, or null.</summary>
    [Alias("FindByUsername")]
    Task<OperatorView?> FindByUsernameAsync(string username);

    /// <summary>A page of operators, from the index; each is told by its own grain.</summary>
    [Alias("List")]
    Task<OperatorPage> ListAsync(ListOperators query);

    /// <summary>A page of operator tokens, from the index; each is told by the grain of its operator.</summary>
    [Alias("ListTokens")]
    Task<OperatorTokenPage> ListTokensAsync(ListOperatorTokens query);

    /// <summary>An operator token, or null where there is none.</summary>
    [Alias("FindToken")]
    Task<OperatorTokenView?> FindTokenAsync(OperatorTokenId token);
}

/// <summary>An operator, with the tokens that stand for it. Keyed by its id. Every change is durable when its call returns.</summary>
[Alias(WireAliases.IOperatorGrain)]
public interface IOperatorGrain : IGrainWithIntegerKey
{
    /// <summary>The operator as it is, or null where there is none.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<OperatorView?> GetAsync();

    /// <summary>Makes the operator of this id, and the personal namespace that its username names. Called once for an id that was just
    /// handed out.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.AlreadyExists"/> (the username),
    /// <see cref="Errors.ErrorCode.InvalidArgument"/>, <see cref="Errors.ErrorCode.Unavailable"/>. Nothing usable is left behind.</exception>
    [Alias("Create")]
    Task<OperatorView> CreateAsync(CreateOperator request);

    /// <summary>Changes what is named; says the new state. Another username is what everybody goes by from
    /// <see cref="OperatorView.Settling"/> after the call on. May be repeated.</summary>
    /// <exception cref="Errors.TokenAuthorityException">As for <see cref="CreateAsync"/>; <see cref="Errors.ErrorCode.NotFound"/>; and
    /// <see cref="Errors.ErrorCode.Conflict"/> where the first operator would be blocked, or no administrator any more.</exception>
    [Alias("Change")]
    Task<OperatorView> ChangeAsync(ChangeOperator change);

    /// <summary>Where the operator's own projects are; made now where there is none yet. May be repeated.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>,
    /// <see cref="Errors.ErrorCode.AlreadyExists"/>: a group has the operator's username for its path.</exception>
    [Alias("EnsurePersonalNamespace")]
    Task<GroupId> EnsurePersonalNamespaceAsync();

    /// <summary>Makes a token that stands for the operator.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.NotFound"/>,
    /// <see cref="Errors.ErrorCode.InvalidArgument"/>, <see cref="Errors.ErrorCode.LimitExceeded"/>.</exception>
    [Alias("IssueToken")]
    Task<IssuedOperatorToken> IssueTokenAsync(IssueOperatorToken request);

    /// <summary>The operator's token of this id, or null.</summary>
    [AlwaysInterleave, Alias("GetToken")]
    Task<OperatorTokenView?> GetTokenAsync(OperatorTokenId token);

    /// <summary>Revokes a token: it is dead when the call returns. False where there is none. May be repeated.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Conflict"/>: it is the installation's own.</exception>
    [Alias("RevokeToken")]
    Task<bool> RevokeTokenAsync(OperatorTokenId token, OperatorId by);

    /// <summary>Replaces a token by a new one of the same name and scopes: when the call returns the one is dead and the other alive, and
    /// at no moment are both. Null where there is none.</summary>
    /// <param name="token">The token that goes.</param>
    /// <param name="expiresAt">From this instant on the new one is dead; null: never.</param>
    /// <param name="by">Who asks.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Conflict"/>: it is dead already, or the installation's
    /// own. <see cref="Errors.ErrorCode.Unavailable"/>: it may be dead, and the new one is nobody's.</exception>
    [Alias("RotateToken")]
    Task<IssuedOperatorToken?> RotateTokenAsync(OperatorTokenId token, DateTimeOffset? expiresAt, OperatorId by);

    /// <summary>Brings the index up to date.</summary>
    [Alias("Reindex")]
    Task ReindexAsync();
}
