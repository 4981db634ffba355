using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.DeployTokens;

/// <inheritdoc cref="IDeployTokenGrain"/>
[GrainType("deploy-token")]
internal sealed partial class DeployTokenGrain
    : Grain, IDeployTokenGrain, IDeployTokenAdministrationGrain, IDeployTokenSecretGrain, IVouchedTokenGrain
{
    private const string StateName = "token";

    private readonly DurableFact<DeployTokenState> _state;
    private readonly FactContext _facts;
    private readonly PlaceFinder _places;
    private readonly SiloLiveness _liveness;
    private readonly SiloLeases _leases;
    private readonly Revoker _revoker;
    private readonly IGridIndex _index;
    private readonly MasterKeyRing _keys;
    private readonly DeployTokenOptions _options;
    private readonly ValidationOptions _validation;
    private readonly TimeProvider _time;
    private readonly ILogger<DeployTokenGrain> _logger;
    private readonly TokenId _id;
    private ImmutableArray<SecretDigest> _digests;
    private DeployTokenState? _digestsOf;
    private DeployTokenView? _view;
    private DeployTokenState? _viewOf;
    private bool _ending;
    private bool _redigesting;

    public DeployTokenGrain(
        [PersistentState(StateName)] IPersistentState<DeployTokenState> storage,
        FactContext facts,
        PlaceFinder places,
        SiloLiveness liveness,
        SiloLeases leases,
        Revoker revoker,
        IGridIndex index,
        MasterKeyRing keys,
        DeployTokenOptions options,
        ValidationOptions validation,
        TimeProvider time,
        ILogger<DeployTokenGrain> logger)
    {
        _state = new DurableFact<DeployTokenState>(storage, this, facts, StateName, isReadAgain: true);
        _facts = facts;
        _places = places;
        _liveness = liveness;
        _leases = leases;
        _revoker = revoker;
        _index = index;
        _keys = keys;
        _options = options;
        _validation = validation;
        _time = time;
        _logger = logger;
        _id = new TokenId(this.GetPrimaryKeyLong());
    }

    private DeployTokenState State => _state.Current;

    public async Task<DeployTokenView?> GetAsync() =>
        await HolderLineageAsync() is { } holder && State.Status == DeployTokenStatus.Issued ? State.View(_id, holder) : null;

    public async Task<IssuedDeployToken> IssueAsync(IssueDeployToken request)
    {
        if (State.Status != DeployTokenStatus.None)
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, $"Token {_id} was already issued.");
        }

        DeployTokenRules.Check(request);
        var holder = NamespaceGrains.Of(GrainFactory, request.Holder);
        await holder.HoldTokenAsync(_id);
        var lineage = (await holder.ConfirmLineageAsync(below: 0, maxAge: TimeSpan.Zero)).Value
            ?? throw TokenAuthorityException.NotFound($"The {request.Holder}");
        var secret = TokenFormat.Issue(_options.Prefixes, _options.Region, _id.Value, _keys.TagKeys[0]);
        var now = _time.GetUtcNow();
        var issued = new DeployTokenState
        {
            Status = DeployTokenStatus.Issued,
            HolderKind = request.Holder.Kind,
            HolderId = request.Holder.Value,
            Name = request.Name,
            Username = string.IsNullOrEmpty(request.Username) ? null : request.Username,
            Scopes = request.Scopes,
            CreatedAt = now,
            CreatedBy = request.Operator.Value,
            ExpiresAt = request.ExpiresAt,
            IssuedUnder = SubtreeRevocations.ToRecord(lineage),
            Secrets =
            [
                new StoredSecret
                {
                    Digest = Digest(secret).ToStorageText(), Sealed = SealedSecret.Of(_id, request.Name, secret, _keys), CreatedAt = now,
                },
            ],
            Epoch = 1,
        };
        // At once: an entry without a token does no harm, nor does a token that is not listed and whose secret nobody was told.
        await Task.WhenAll(_index.UpsertAsync(Row(issued)), _state.WriteAsync(issued));
        LogIssued(_id.Value, request.Holder, request.Operator.Value);
        return new IssuedDeployToken(issued.View(_id), secret);
    }

    public async Task<RevocationReceipt?> RevokeAsync(OperatorId by, string reason)
    {
        DeployTokenRules.CheckReason(reason);
        var revocation = new StoredRevocation { At = _time.GetUtcNow(), By = by.Value, Reason = reason };
        var isDone = await EndAsync(state => state.Status == DeployTokenStatus.Issued && state.Revocation is null
            ? state with { Revocation = revocation, Epoch = state.Epoch + 1 }
            : null);
        if (State.Status != DeployTokenStatus.Issued)
        {
            return null;
        }

        if (isDone)
        {
            LogRevoked(_id.Value, by.Value);
        }

        var settling = await TellAsync(isDone);
        await _index.UpsertAsync(Row(State));
        return new RevocationReceipt(State.View(_id), AlreadyRevoked: !isDone) { Settling = settling };
    }

    public Task<TimeSpan> SettleAsync() => State.Status == DeployTokenStatus.Destroyed || State.Revocation is not null
        ? TellAsync(isDone: false)
        : Task.FromResult(TimeSpan.Zero);

    public async Task<Removal> DestroyAsync(OperatorId by)
    {
        var isDone = await DestroyRecordAsync(by);
        if (State.Status != DeployTokenStatus.Destroyed)
        {
            return default;
        }

        var settling = await TellAsync(isDone);
        await _index.UpsertAsync(Row(State));
        await LeaveHolderAsync();
        return new Removal(true, settling);
    }

    public async Task PutAwayAsync(OperatorId by)
    {
        // Nobody has to be told: it is dead already, since there is no lineage through its holder any more.
        await DestroyRecordAsync(by);
        if (State.Status == DeployTokenStatus.Destroyed)
        {
            await _index.UpsertAsync(Row(State));
        }
    }

    public async ValueTask<DeployTokenVariables?> RevealAsync(NamespaceId holder)
    {
        var isFor = State.Status == DeployTokenStatus.Issued && State.Name == DeployTokenVariables.Name && Holder == holder;
        if (!isFor || await HolderLineageAsync() is not { } lineage || _ending)
        {
            return null;
        }

        var view = State.View(_id, lineage);
        if (!view.IsActive(_time.GetUtcNow()) || State.Secrets[^1].Sealed is not { } stored)
        {
            return null;
        }

        var secret = SealedSecret.Open(_id, stored, _keys);
        await RenewAsync();
        return new DeployTokenVariables(_id, view.Username, secret);
    }

    public async Task ReindexAsync()
    {
        var holder = State.Status == DeployTokenStatus.Issued ? await HolderLineageAsync() : null;
        await _index.UpsertAsync(Row(State, holder));
        await LeaveHolderAsync();
    }

    /// <summary>Has the holder forget a token that is destroyed for good: what it then does not know of is dead already.</summary>
    private Task LeaveHolderAsync() => State.Status == DeployTokenStatus.Destroyed
        ? NamespaceGrains.Of(GrainFactory, Holder).ForgetTokenAsync(_id)
        : Task.CompletedTask;

    private async Task<bool> DestroyRecordAsync(OperatorId by)
    {
        var at = _time.GetUtcNow();
        var isDone = await EndAsync(state => state.Status == DeployTokenStatus.Issued
            ? state with { Status = DeployTokenStatus.Destroyed, DestroyedAt = at, DestroyedBy = by.Value, Epoch = state.Epoch + 1 }
            : null);
        if (isDone)
        {
            LogDestroyed(_id.Value, by.Value);
        }

        return isDone;
    }

    /// <summary>Writes a state in which the token is dead. From when the write is sent it allows nothing. Where another activation has
    /// written meanwhile, it is decided again.</summary>
    /// <param name="end">The state in which it is dead, made of the one it is in; null: it is dead, or was never alive.</param>
    /// <returns>Whether it was written; otherwise there was nothing to be done.</returns>
    /// <exception cref="TokenAuthorityException">Unavailable: it is not known whether it was written.</exception>
    private async Task<bool> EndAsync(Func<DeployTokenState, DeployTokenState?> end)
    {
        _ending = true;
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (end(State) is not { } dead)
                {
                    return false;
                }

                if (await _state.TryWriteAsync(dead))
                {
                    return true;
                }

                await _state.ReadAsync();
            }
        }
        finally
        {
            _ending = false;
        }

        throw TokenAuthorityException.Unavailable($"Token {_id} is written by others all the time.");
    }

    /// <summary>Tells everybody that the token is dead, where that can be news to anybody.</summary>
    private Task<TimeSpan> TellAsync(bool isDone) => isDone || Holds(LeaseProtection.AlreadyRevokedToo)
        ? _revoker.TellAsync(_id, State.Epoch, _state.KnownSince)
        : Task.FromResult(TimeSpan.Zero);

    private DeployTokenView View()
    {
        var state = State;
        if (!ReferenceEquals(_viewOf, state))
        {
            (_view, _viewOf) = (state.View(_id), state);
        }

        return _view!;
    }

    private ValueTask<Lineage?> HolderLineageAsync() => State.HolderKind == NamespaceKind.None
        ? ValueTask.FromResult<Lineage?>(null)
        : NamespaceGrains.Of(GrainFactory, Holder).GetLineageAsync(below: 0);

    private SecretDigest Digest(Secret secret) => SecretDigest.Compute(_keys, DigestPurpose.DeployToken, secret);

    /// <summary>Keeps the secret under the newest master key, now that it was seen. Off the path of the validation.</summary>
    private void BeginRedigesting(SecretDigest? outdated, Secret? secret)
    {
        if (outdated is null || secret is null || _redigesting)
        {
            return;
        }

        _redigesting = true;
        var (old, renewed) = (outdated.ToStorageText(), Digest(secret).ToStorageText());
        this.RegisterGrainTimer(
            () => RedigestAsync(old, renewed), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    private async Task RedigestAsync(string old, string renewed)
    {
        var secrets = State.Secrets.Select(s => s.Digest == old
            ? s with { Digest = renewed, Sealed = SealedSecret.Renew(_id, s.Sealed, _keys) }
            : s);
        await _state.WriteAsync(State with { Secrets = [.. secrets], Epoch = State.Epoch + 1 });
        _redigesting = false;
    }

    /// <summary>Keeps what is sealed under the newest master key, so that a former one can be taken away.</summary>
    private async Task RenewAsync()
    {
        var renewed = State.Secrets.Select(s => s with { Sealed = SealedSecret.Renew(_id, s.Sealed, _keys) }).ToImmutableArray();
        if (!renewed.SequenceEqual(State.Secrets))
        {
            await _state.WriteAsync(State with { Secrets = renewed, Epoch = State.Epoch + 1 });
        }
    }

    private TokenRow Row(DeployTokenState state, Lineage? holder = null)
    {
        var view = state.View(_id, holder);
        return new TokenRow(
            _id.Value, view.Holder.Kind, view.Holder.Value, view.Name, view.Username, (int)view.Scopes, view.CreatedAt, view.ExpiresAt,
            view.Revocation is not null, Deleted: state.Status != DeployTokenStatus.Issued, Math.Max(view.Epoch, 1));
    }
}
