using System.Collections.Immutable;
using OrleansTokens.Audit;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Client;

/// <summary>
/// Administers groups, projects and deploy tokens. It asks nobody whether the operator named in a request may do so: its caller has.
/// Safe for any number of threads. Every change is durable, and obeyed, when its call returns, and every call may be repeated.
/// </summary>
/// <remarks>
/// <para>
/// A change that takes rights away is obeyed by everybody when its call returns. Where not everybody could be told, the call therefore goes
/// on, after the change is durable, until nobody can go by what was before: for as long as leases last, at most 60 seconds, for which
/// <see cref="DeployTokenClientOptions.Deadline"/> does not count. Who cancels it gives up waiting; the change stays.
/// </para>
/// <para>Every method throws <see cref="TokenAuthorityException"/>: with the code of what is wrong with the request, in which
/// case nothing was changed, or with <see cref="Errors.ErrorCode.Unavailable"/>, within
/// <see cref="DeployTokenClientOptions.Deadline"/>, in which case it is not known whether anything was.</para>
/// </remarks>
public sealed class DeployTokenAdministration
{
    private readonly GridCalls _calls;
    private readonly CredentialGate _gate;
    private readonly Settlement _settlement;

    internal DeployTokenAdministration(GridCalls calls, CredentialGate gate, Settlement settlement)
    {
        _calls = calls;
        _gate = gate;
        _settlement = settlement;
    }

    private IApplicationSettingsGrain Settings => _calls.Grains.GetGrain<IApplicationSettingsGrain>(0);

    private INamespaceDirectoryGrain Namespaces => _calls.Grains.GetGrain<INamespaceDirectoryGrain>(0);

    /// <summary>Where a path leads.</summary>
    public Task<ResolvedPath> ResolveAsync(NamespacePath path, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Namespaces.ResolveAsync(path).AsTask(), cancellation);

    /// <summary>A group or project, or null where it or a group above it does not exist.</summary>
    public Task<NamespaceView?> GetNamespaceAsync(NamespaceId id, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Node(id).GetAsync(), cancellation);

    /// <summary>A page of groups or projects.</summary>
    public Task<NamespacePage> ListNamespacesAsync(ListNamespaces query, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Namespaces.ListAsync(query), cancellation);

    /// <summary>Makes a group.</summary>
    public Task<NamespaceView> CreateGroupAsync(CreateNamespace request, CancellationToken cancellation = default) =>
        ChangeAsync(() => Namespaces.CreateGroupAsync(request), cancellation);

    /// <summary>Makes a project.</summary>
    public Task<NamespaceView> CreateProjectAsync(CreateNamespace request, CancellationToken cancellation = default) =>
        ChangeAsync(() => Namespaces.CreateProjectAsync(request), cancellation);

    /// <summary>Changes what is named of a group or project.</summary>
    public Task<NamespaceView> ChangeNamespaceAsync(NamespaceId id, ChangeNamespace change, CancellationToken cancellation = default) =>
        ChangeAsync(() => Node(id).ChangeAsync(change), cancellation);

    /// <summary>Moves a group or project, with all below it.</summary>
    public Task<NamespaceView> TransferNamespaceAsync(NamespaceId id, GroupId parent, OperatorId by, CancellationToken cancellation = default) =>
        ChangeAsync(() => Namespaces.TransferAsync(id, parent, by), cancellation);

    /// <summary>Deletes a group or project, with all below it. False where there was nothing.</summary>
    public Task<bool> DeleteNamespaceAsync(NamespaceId id, OperatorId by, CancellationToken cancellation = default) =>
        RemoveAsync(() => Node(id).DeleteAsync(by), cancellation);

    /// <summary>Issues a deploy token. The answer is the only place where its secret is ever shown.</summary>
    public Task<IssuedDeployToken> IssueTokenAsync(IssueDeployToken request, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<IDeployTokenDirectoryGrain>(0).IssueAsync(request), cancellation);

    /// <summary>A page of deploy tokens.</summary>
    public Task<DeployTokenPage> ListTokensAsync(ListDeployTokens query, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<IDeployTokenDirectoryGrain>(0).ListAsync(query), cancellation);

    /// <summary>A deploy token, or null where there is none.</summary>
    public Task<DeployTokenView?> GetTokenAsync(TokenId id, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Token(id).GetAsync(), cancellation);

    /// <summary>Revokes a deploy token: it is dead when the call returns. Null where there is none.</summary>
    public async Task<RevocationReceipt?> RevokeTokenAsync(
        TokenId id, OperatorId by, string reason, CancellationToken cancellation = default) =>
        await _calls.RunAsync(() => Token(id).RevokeAsync(by, reason), cancellation) is { } receipt
            ? await SettleAsync(receipt, cancellation)
            : await SettleEndAsync(id, cancellation);

    /// <summary>Destroys a deploy token: it is dead when the call returns, and not shown any more. False where there is none.</summary>
    public Task<bool> DestroyTokenAsync(TokenId id, OperatorId by, CancellationToken cancellation = default) =>
        RemoveAsync(() => Token(id).DestroyAsync(by), cancellation);

    /// <summary>Revokes every deploy token held at or below a group or project, in one write, however many there are: what was issued before
    /// is dead when the call returns, and what is issued after it works. See <see cref="INamespaceGrain.RevokeTokensAsync"/>.</summary>
    public async Task<SubtreeRevocationReceipt> RevokeTokensAsync(
        NamespaceId holder, OperatorId by, string reason, CancellationToken cancellation = default)
    {
        var receipt = await _calls.RunAsync(() => Node(holder).RevokeTokensAsync(by, reason), cancellation);
        await _settlement.WaitAsync(receipt.Settling, cancellation);
        return receipt with { Settling = TimeSpan.Zero };
    }

    /// <summary>What a CI job of a project is given (reference §4), or null. See <see cref="IDeployTokenDirectoryGrain.ReadVariablesAsync"/>.</summary>
    public Task<DeployTokenVariables?> ReadVariablesAsync(ProjectId project, OperatorId by, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<IDeployTokenDirectoryGrain>(0).ReadVariablesAsync(project, by), cancellation);

    /// <summary>A page of what was done at a group or project, newest first.</summary>
    public Task<AuditPage> ListAuditAsync(NamespaceId holder, int offset, int limit, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<IAuditGrain>(AuditKeys.Of(holder)).ListAsync(offset, limit), cancellation);

    /// <summary>Explains a decision about a token; its secret and username are taken as right.</summary>
    public Task<Explanation> ExplainTokenAsync(TokenId token, Question question, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => ExplainAsync(token, new ExplainRequest(null, question)), cancellation);

    /// <summary>Explains a decision about a credential.</summary>
    public Task<Explanation> ExplainAsync(Credential credential, Question question, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return _calls.RunAsync(() => ExplainCredentialAsync(credential, question), cancellation);
    }

    /// <summary>Says which token a secret is of. Whoever asks must be allowed to know everything about it.</summary>
    public Task<IdentifiedSecret> IdentifyTokenAsync(Secret secret, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return _calls.RunAsync(() => IdentifyAsync(secret), cancellation);
    }

    /// <summary>Revokes the token of a secret, whoever holds it: it is dead when the call returns. The secret alone is the right to do
    /// this, since whoever has it could do worse.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="by">Who asks; none where no operator does.</param>
    /// <param name="reason">Why, at most <see cref="Limits.MaxReasonLength"/> characters.</param>
    /// <param name="cancellation">Gives up waiting; it is not known then whether the token is revoked.</param>
    public async Task<RevokedSecret> RevokeBySecretAsync(
        Secret secret, OperatorId by, string reason, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var revoked = await _calls.RunAsync(() => FindAndRevokeAsync(secret, by, reason), cancellation);
        if (revoked.Receipt is { } receipt)
        {
            return revoked with { Receipt = await SettleAsync(receipt, cancellation) };
        }

        // It may be of a token whose end has just come, with that of what held it for example, and is not known to all yet.
        var (token, refusal) = await _gate.InspectAsync(secret);
        _ = refusal == DenyReason.None ? await SettleEndAsync(token, cancellation) : null;
        return revoked;
    }

    /// <summary>What is set for the whole installation.</summary>
    public Task<ApplicationSettings> GetSettingsAsync(CancellationToken cancellation = default) =>
        _calls.RunAsync(() => Settings.GetAsync().AsTask(), cancellation);

    /// <summary>Changes what is set for the whole installation. See <see cref="IApplicationSettingsGrain.ChangeAsync"/>.</summary>
    public async Task<ApplicationSettings> ChangeSettingsAsync(
        ChangeApplicationSettings change, OperatorId by, CancellationToken cancellation = default)
    {
        var settings = await _calls.RunAsync(() => Settings.ChangeAsync(change, by), cancellation);
        await _settlement.WaitAsync(settings.Settling, cancellation);
        return settings with { Settling = TimeSpan.Zero };
    }

    /// <summary>Makes a new key for registry tokens. See <see cref="ISigningKeyGrain.RotateAsync"/>.</summary>
    public Task<ImmutableArray<PublishedKey>> RotateSigningKeyAsync(
        TimeSpan delay, OperatorId by, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<ISigningKeyGrain>(0).RotateAsync(delay, by), cancellation);

    /// <summary>Takes a key for registry tokens away at once. See <see cref="ISigningKeyGrain.RemoveAsync"/>.</summary>
    public Task<ImmutableArray<PublishedKey>> RemoveSigningKeyAsync(
        string keyId, OperatorId by, CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<ISigningKeyGrain>(0).RemoveAsync(keyId, by), cancellation);

    private async Task<NamespaceView> ChangeAsync(Func<Task<NamespaceView>> change, CancellationToken cancellation)
    {
        var node = await _calls.RunAsync(change, cancellation);
        await _settlement.WaitAsync(node.Settling, cancellation);
        return node with { Settling = TimeSpan.Zero };
    }

    private async Task<bool> RemoveAsync(Func<Task<Removal>> remove, CancellationToken cancellation)
    {
        var removal = await _calls.RunAsync(remove, cancellation);
        await _settlement.WaitAsync(removal.Settling, cancellation);
        return removal.Removed;
    }

    /// <summary>Waits until everybody knows of the end of a token that there is none of any more: somebody else has just brought it about,
    /// perhaps.</summary>
    /// <returns>Null: nothing was revoked.</returns>
    private async Task<RevocationReceipt?> SettleEndAsync(TokenId id, CancellationToken cancellation)
    {
        await _settlement.WaitAsync(await _calls.RunAsync(() => Token(id).SettleAsync(), cancellation), cancellation);
        return null;
    }

    private async Task<RevocationReceipt> SettleAsync(RevocationReceipt receipt, CancellationToken cancellation)
    {
        await _settlement.WaitAsync(receipt.Settling, cancellation);
        return receipt with { Settling = TimeSpan.Zero };
    }

    private async Task<Explanation> ExplainCredentialAsync(Credential credential, Question question)
    {
        var (token, refusal) = await _gate.InspectAsync(credential.Secret);
        return refusal == DenyReason.None
            ? await ExplainAsync(token, new ExplainRequest(credential, question))
            : new Explanation(null, Decision.Deny(refusal), [new DecisionFact("credential", false, Describe(refusal))]);
    }

    private async Task<IdentifiedSecret> IdentifyAsync(Secret secret)
    {
        var found = await FindAsync(secret);
        return found.IsOfToken
            ? new IdentifiedSecret(true, await Token(found.Token).GetAsync())
            : new IdentifiedSecret(await _gate.HasPrefixAsync(secret), null);
    }

    private async Task<RevokedSecret> FindAndRevokeAsync(Secret secret, OperatorId by, string reason)
    {
        var found = await FindAsync(secret);
        return new RevokedSecret(!found.Token.IsNone, found.IsOfToken ? await Token(found.Token).RevokeAsync(by, reason) : null);
    }

    /// <summary>The token that a secret names, none where this authority did not make it; and whether the secret is that token's.</summary>
    private async Task<(TokenId Token, bool IsOfToken)> FindAsync(Secret secret)
    {
        var (token, refusal) = await _gate.InspectAsync(secret);
        if (refusal != DenyReason.None)
        {
            return default;
        }

        var request = new ExplainRequest(Credential.SecretOnly(secret), new Question(RegistryAction.Introspect, default));
        var explanation = await ExplainAsync(token, request);
        var isDead = explanation.Decision.Reason is DenyReason.TokenRevoked or DenyReason.TokenExpired or DenyReason.HolderGone;
        return (token, explanation.Decision.Allowed || isDead);
    }

    private Task<Explanation> ExplainAsync(TokenId token, ExplainRequest request) => Token(token).ExplainAsync(request);

    private static string Describe(DenyReason refusal) => refusal switch
    {
        DenyReason.CredentialForged => "The tag was not made by this authority.",
        DenyReason.CredentialMalformed => "It begins like a token of this authority and is none.",
        _ => "It has not the shape of a token of this authority.",
    };

    private INamespaceGrain Node(NamespaceId id) => id.Kind switch
    {
        NamespaceKind.Group => _calls.Grains.GetGrain<IGroupGrain>(id.Value),
        NamespaceKind.Project => _calls.Grains.GetGrain<IProjectGrain>(id.Value),
        _ => throw TokenAuthorityException.Invalid("id", "is neither a group nor a project"),
    };

    private IDeployTokenAdministrationGrain Token(TokenId id) => _calls.Grains.GetGrain<IDeployTokenAdministrationGrain>(id.Value);
}
