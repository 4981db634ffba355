using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.DeployTokens;

/// <inheritdoc cref="IDeployTokenGrain"/>
[GrainType("deploy-token")]
internal sealed partial class DeployTokenGrain
    : Grain, IDeployTokenGrain, IDeployTokenAdministrationGrain, IDeployTokenSecretGrain, IVouchedTokenGrain
{
    /// <summary>By how much the clocks of two silos may differ.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    private readonly DurableState<DeployTokenState> _state;
    private readonly IGridIndex _index;
    private readonly MasterKeyRing _keys;
    private readonly DeployTokenOptions _options;
    private readonly ValidationOptions _validation;
    private readonly TimeProvider _time;
    private readonly ILogger<DeployTokenGrain> _logger;
    private readonly TokenId _id;
    private readonly IApplicationSettingsGrain _settings;
    private ImmutableArray<SecretDigest> _digests;
    private DeployTokenState? _digestsOf;
    private bool _ending;
    private bool _redigesting;

    public DeployTokenGrain(
        [PersistentState("token")] IPersistentState<DeployTokenState> storage,
        IGridIndex index,
        MasterKeyRing keys,
        DeployTokenOptions options,
        ValidationOptions validation,
        TimeProvider time,
        ILogger<DeployTokenGrain> logger)
    {
        _state = new DurableState<DeployTokenState>(storage, this);
        _index = index;
        _keys = keys;
        _options = options;
        _validation = validation;
        _time = time;
        _logger = logger;
        _id = new TokenId(this.GetPrimaryKeyLong());
        _settings = GrainFactory.GetGrain<IApplicationSettingsGrain>(0);
    }

    private DeployTokenState State => _state.Current;

    private NamespaceId Holder => new(State.HolderKind, State.HolderId);

    /// <summary>The token by its own record, or null where there is none.</summary>
    private DeployTokenView? View => State.Status == DeployTokenStatus.Issued ? State.View(_id) : null;

    public Task<ValidationAnswer> ValidateAsync(ValidationRequest request)
    {
        SecretDigest? outdated = null;
        return DecideAsync(
            request.Questions,
            () => Match(request.Credential, out outdated),
            () => BeginRedigesting(outdated, request.Credential.Secret));
    }

    public Task<ValidationAnswer> ValidateVouchedAsync(DateTimeOffset shownAt, ImmutableArray<Question> questions) =>
        DecideAsync(questions, () => MatchVouched(shownAt), static () => { });

    public async Task<Explanation> ExplainAsync(ExplainRequest request)
    {
        var settings = await SettingsAsync();
        var place = await LocateAsync(request.Question);
        var holder = await HolderLineageAsync([place]);
        var match = request.Credential is { } credential ? Match(credential, out _) : CredentialMatch.Right;
        var facts = new FactList();
        var input = Input(match, holder, request.Question, place, settings, _time.GetUtcNow());
        var decision = TokenPolicy.Decide(input, facts);
        return new Explanation(input.Token is null ? null : State.View(_id, holder), decision, facts.Facts);
    }

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
        var lineage = await holder.GetLineageAsync(below: 0) ?? throw TokenAuthorityException.NotFound($"The {request.Holder}");
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
        if (State.Status != DeployTokenStatus.Issued)
        {
            return null;
        }

        var already = State.Revocation is not null;
        if (!already)
        {
            var revocation = new StoredRevocation { At = _time.GetUtcNow(), By = by.Value, Reason = reason };
            await EndAsync(State with { Revocation = revocation, Epoch = State.Epoch + 1 });
            LogRevoked(_id.Value, by.Value);
        }

        await _index.UpsertAsync(Row(State));
        return new RevocationReceipt(State.View(_id), already);
    }

    public async Task<bool> DestroyAsync(OperatorId by)
    {
        await PutAwayAsync(by);
        await LeaveHolderAsync();
        return State.Status == DeployTokenStatus.Destroyed;
    }

    public async Task PutAwayAsync(OperatorId by)
    {
        if (State.Status == DeployTokenStatus.Issued)
        {
            await EndAsync(State with
            {
                Status = DeployTokenStatus.Destroyed,
                DestroyedAt = _time.GetUtcNow(),
                DestroyedBy = by.Value,
                Epoch = State.Epoch + 1,
            });
            LogDestroyed(_id.Value, by.Value);
        }

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

    /// <param name="questions">What is wanted.</param>
    /// <param name="findMatch">Compares what was shown with the token as it is at that moment.</param>
    /// <param name="whenRecognised">Called once what was shown turned out to be right.</param>
    private async Task<ValidationAnswer> DecideAsync(
        ImmutableArray<Question> questions, Func<CredentialMatch> findMatch, Action whenRecognised)
    {
        if (questions.IsDefaultOrEmpty || questions.Length > Limits.MaxQuestions)
        {
            throw TokenAuthorityException.Invalid("questions", $"There must be 1 to {Limits.MaxQuestions} questions.");
        }

        // What is wrong or dead is refused for that alone, wherever it is aimed: a flood of it must not keep the tree busy.
        var state = State;
        var match = findMatch();
        if (TokenPolicy.RefuseByItself(View, match, _time.GetUtcNow()) is { } refusal)
        {
            return new ValidationAnswer([.. Enumerable.Repeat(refusal, questions.Length)]);
        }

        var settings = await SettingsAsync();
        var places = new Place[questions.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = await LocateAsync(questions[i]);
        }

        var holder = await HolderLineageAsync(places);

        // No await from here on: what is decided is true when it leaves.
        match = ReferenceEquals(state, State) ? match : findMatch();
        whenRecognised();
        var now = _time.GetUtcNow();
        var decisions = ImmutableArray.CreateBuilder<Decision>(places.Length);
        for (var i = 0; i < places.Length; i++)
        {
            var decision = TokenPolicy.Decide(Input(match, holder, questions[i], places[i], settings, now));
            decisions.Add(decision.Allowed && _ending ? throw TokenAuthorityException.Unavailable($"Token {_id} is being revoked.") : decision);
        }

        return new ValidationAnswer(decisions.MoveToImmutable());
    }

    /// <summary>Writes a state in which the token is dead. From when the write is sent it allows nothing.</summary>
    private async Task EndAsync(DeployTokenState next)
    {
        _ending = true;
        await _state.WriteAsync(next);
        _ending = false;
    }

    private DecisionInput Input(
        CredentialMatch match, Lineage? holder, Question question, Place place, DecisionSettings settings, DateTimeOffset now) =>
        new(View, match, holder, question.Action, place.Lineage, place.ViaRedirect, now, settings)
        {
            IssuedUnder = State.IssuedUnder,
            SwitchedOff = _validation.SwitchedOff,
        };

    private async ValueTask<DecisionSettings> SettingsAsync() => DecisionSettings.Of(await _settings.GetAsync());

    private async ValueTask<Place> LocateAsync(Question question)
    {
        var resource = question.Resource;
        if (!ActionNames.NeedsResource(question.Action) || resource.IsNone)
        {
            return default;
        }

        if (resource.Path.IsNone)
        {
            var id = resource.IsGroup ? resource.Group.AsNamespace : resource.Project.AsNamespace;
            return new Place(await NamespaceGrains.Of(GrainFactory, id).GetLineageAsync(below: 0), false);
        }

        var resolved = await PathWalk.ResolveAsync(GrainFactory, resource.Path);
        var whole = resolved.Segments == resource.Path.Segments.Length;
        var kind = resource.IsGroup ? NamespaceKind.Group : NamespaceKind.Project;
        return resolved.Target.Kind == kind && (whole || resource.LongestPrefix)
            ? new Place(await NamespaceGrains.Of(GrainFactory, resolved.Target).GetLineageAsync(below: 0), resolved.Redirected)
            : default;
    }

    /// <summary>A lineage through the holder: that of a place, in the usual case, or else the holder's own; null where it is gone.</summary>
    private async ValueTask<Lineage?> HolderLineageAsync(Place[] places) =>
        Array.Find(places, place => place.Lineage?.IsWithin(Holder) == true).Lineage ?? await HolderLineageAsync();

    private ValueTask<Lineage?> HolderLineageAsync() =>
        Holder.IsNone ? ValueTask.FromResult<Lineage?>(null) : NamespaceGrains.Of(GrainFactory, Holder).GetLineageAsync(below: 0);

    /// <summary>Compares what was shown. Where it is right under a former master key, the digest that is outdated comes with it.</summary>
    private CredentialMatch Match(Credential credential, out SecretDigest? outdated)
    {
        var secret = credential.Secret;
        outdated = null;
        if (State.Status == DeployTokenStatus.None)
        {
            _ = Digest(secret); // The same work as for a token that exists.
            return CredentialMatch.OtherSecret;
        }

        var isCertain = true;
        foreach (var digest in Digests())
        {
            var match = digest.Compare(_keys, DigestPurpose.DeployToken, secret);
            isCertain &= match != DigestMatch.UnknownKey;
            if (match == DigestMatch.Same)
            {
                outdated = digest.NeedsRedigest(_keys) ? digest : null;
                var username = State.Username ?? DeployTokenState.DefaultUsername(_id);
                return credential.Username is null || string.Equals(credential.Username, username, StringComparison.Ordinal)
                    ? CredentialMatch.Right
                    : CredentialMatch.OtherUsername;
            }
        }

        return isCertain
            ? CredentialMatch.OtherSecret
            : throw TokenAuthorityException.Unavailable($"The digest of token {_id} is under a master key that is not configured.");
    }

    private CredentialMatch MatchVouched(DateTimeOffset shownAt) =>
        State.Secrets.Any(secret => secret.CreatedAt <= shownAt + ClockDifference) ? CredentialMatch.Right : CredentialMatch.OtherSecret;

    private ImmutableArray<SecretDigest> Digests()
    {
        if (!ReferenceEquals(_digestsOf, State))
        {
            _digestsOf = State;
            _digests = [.. State.Secrets.Select(static s =>
                SecretDigest.TryParse(s.Digest, out var digest) ? digest : throw TokenAuthorityException.Unavailable("A digest cannot be read."))];
        }

        return _digests;
    }

    private SecretDigest Digest(Secret secret) => SecretDigest.Compute(_keys, DigestPurpose.DeployToken, secret);

    /// <summary>Keeps the secret under the newest master key, now that it was seen. Off the path of the validation.</summary>
    private void BeginRedigesting(SecretDigest? outdated, Secret secret)
    {
        if (outdated is null || _redigesting)
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

    /// <summary>Where a question is aimed.</summary>
    private readonly record struct Place(Lineage? Lineage, bool ViaRedirect);
}
