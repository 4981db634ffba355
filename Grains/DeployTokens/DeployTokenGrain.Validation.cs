using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>How a token answers what its holder may do. Usually from memory and at once: see <see cref="TryDecide"/>.</summary>
internal sealed partial class DeployTokenGrain
{
    private const int MaxAttempts = 5;

    /// <summary>By how much the clocks of two silos may differ.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    /// <summary>How late an answer is that the history checker has leave too late.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(100);

    public Task<ValidationAnswer> ValidateAsync(ValidationRequest request)
    {
        var maxAge = request.Renewal ? _facts.Options.Renewed : _facts.Options.Usable;
        return DecideAsync(new Asked(request.Credential, default, request.Questions, request.Lessee, request.Renewal, _facts.Within(maxAge)));
    }

    public Task<ValidationAnswer> ValidateVouchedAsync(DateTimeOffset shownAt, ImmutableArray<Question> questions) =>
        DecideAsync(new Asked(null, shownAt, questions, null, false, _facts.Within(_facts.Options.Usable)));

    public async Task<Explanation> ExplainAsync(ExplainRequest request)
    {
        var asked = new Asked(request.Credential, DateTimeOffset.MaxValue, [request.Question], null, false, _facts.Within(TimeSpan.Zero));
        await _state.ConfirmAsync(asked.Freshness);
        await GatherAsync(asked.Questions, asked.Freshness, asked.Freshness);
        if (!_places.TryGetSettings(asked.Freshness, out var settings, out _)
            || !_places.TryFind(request.Question, asked.Freshness, out var place)
            || !TryFindHolder(place, asked.Freshness, out var holder, out _))
        {
            throw TokenAuthorityException.Unavailable("What the decision rests on has changed meanwhile.");
        }

        var match = request.Credential is { } credential ? Match(credential, out _) : CredentialMatch.Right;
        var facts = new FactList();
        var input = Input(match, holder, request.Question, place, DecisionSettings.Of(settings), _time.GetUtcNow());
        var decision = TokenPolicy.Decide(input, facts);
        return new Explanation(input.Token is null ? null : State.View(_id, holder), decision, facts.Facts);
    }

    private Task<ValidationAnswer> DecideAsync(Asked asked)
    {
        if (asked.Questions.IsDefaultOrEmpty || asked.Questions.Length > Limits.MaxQuestions)
        {
            throw TokenAuthorityException.Invalid("questions", $"There must be 1 to {Limits.MaxQuestions} questions.");
        }

        var progress = new Progress { MaxAge = asked.Freshness.MaxAge };
        return Holds(LeaseProtection.DecideWhenAnswering) && TryDecide(asked, asked.Freshness, ref progress) is { } answer
            ? Task.FromResult(answer)
            : GatherAndDecideAsync(asked, progress);
    }

    private async Task<ValidationAnswer> GatherAndDecideAsync(Asked asked, Progress progress)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var freshness = _facts.Within(progress.MaxAge);
            var tree = progress.IsInDoubt ? freshness.Anew : freshness;
            if (!_ending)
            {
                await _state.ConfirmAsync(_leases.Believes(_id, State.Epoch) ? freshness : freshness.Anew);
            }

            var refused = RefuseByItself(asked, ref progress.Shown);
            if (refused is null)
            {
                await GatherAsync(asked.Questions, freshness, tree);
            }

            var answer = refused ?? TryDecide(asked with { Freshness = freshness }, tree, ref progress);
            if (answer is not null)
            {
                return Holds(LeaseProtection.DecideWhenAnswering) ? answer : await LeaveLateAsync(asked, answer);
            }
        }

        throw TokenAuthorityException.Unavailable($"What decisions about token {_id} rest on changes too fast.");
    }

    /// <summary>Makes known what a decision rests on, the token's own record apart.</summary>
    private async Task GatherAsync(ImmutableArray<Question> questions, Freshness membership, Freshness freshness)
    {
        await _liveness.ConfirmAsync(membership);
        _ = await _places.GetSettingsAsync(freshness);
        foreach (var question in questions)
        {
            await _places.FetchAsync(question, freshness);
        }

        if (State.HolderKind != NamespaceKind.None)
        {
            await _places.FetchLineageAsync(Holder, below: 0, freshness);
        }
    }

    /// <summary>
    /// The answer, where all that it rests on is known and fresh enough. There is no await in here: what is decided is noted, and true when
    /// it leaves.
    /// </summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="tree">How fresh must be what is not the token's own.</param>
    /// <param name="progress">What became known, and what is still missing where there is no answer.</param>
    private ValidationAnswer? TryDecide(in Asked asked, Freshness tree, ref Progress progress)
    {
        progress.IsInDoubt = false;
        var now = _facts.Clock.Now;
        // While its end is being written it is not worth waiting for: nothing is allowed, and what is refused is dead anyway.
        if ((!_ending && !_state.IsFresh(asked.Freshness, now)) || !_leases.Believes(_id, State.Epoch))
        {
            return null;
        }

        if (RefuseByItself(asked, ref progress.Shown) is { } refused)
        {
            return refused;
        }

        var oldest = Math.Min(_state.ConfirmedAt, _liveness.ConfirmedAt);
        if (!_liveness.IsFresh(asked.Freshness, now) || !_places.TryGetSettings(tree, out var settings, out var settingsAt))
        {
            return null;
        }

        oldest = Math.Min(oldest, settingsAt);
        var length = _facts.Options.Length;
        var decisions = new Decision[asked.Questions.Length];
        for (var i = 0; i < decisions.Length; i++)
        {
            var question = asked.Questions[i];
            if (!_places.TryFind(question, tree, out var place) || !TryFindHolder(place, tree, out var holder, out var holderAt))
            {
                return null;
            }

            oldest = Math.Min(oldest, Math.Min(place.ConfirmedAt, holderAt));
            length = LeaseOptions.Shorter(LeaseOptions.Shorter(length, place.Lineage?.LeaseLength), holder?.LeaseLength);
            decisions[i] = TokenPolicy.Decide(
                Input(progress.Shown.Match, holder, question, place, DecisionSettings.Of(settings), _time.GetUtcNow()));
            progress.IsInDoubt |= !decisions[i].Allowed && !TokenPolicy.IsFinal(decisions[i].Reason);
        }

        if (progress.IsInDoubt && oldest < asked.Freshness.Begun && tree.MaxAge > TimeSpan.Zero)
        {
            return null;
        }

        var usable = _facts.Options.UsableOf(length);
        if (!IsYoungEnough(oldest, usable, asked, now))
        {
            progress.MaxAge = usable < _facts.Options.Usable ? usable / 4 : progress.MaxAge;
            return null;
        }

        BeginRedigesting(progress.Shown.Outdated, asked.Credential?.Secret);
        oldest = Holds(LeaseProtection.LineageAge) ? oldest : _state.ConfirmedAt;
        return Answer(asked, ImmutableCollectionsMarshal.AsImmutableArray(decisions), oldest, progress.IsInDoubt ? TimeSpan.Zero : length);
    }

    /// <summary>Whether a decision as old as that may be used, for which leases may be shorter than elsewhere.</summary>
    private bool IsYoungEnough(long oldest, TimeSpan usable, in Asked asked, long now)
    {
        if (usable == TimeSpan.Zero)
        {
            return _ending || oldest >= asked.Freshness.Begun;
        }

        // What is renewed is to be of use for a while.
        var isForLater = asked.Renewal && usable < _facts.Options.Usable && oldest < asked.Freshness.Begun;
        return now - oldest <= (isForLater ? usable / 4 : usable).Ticks;
    }

    /// <summary>
    /// The refusal of what is wrong or dead; null where what was shown is neither. It is refused for that alone, wherever it is aimed: a flood
    /// of it must not keep the tree busy.
    /// </summary>
    private ValidationAnswer? RefuseByItself(in Asked asked, ref Shown shown)
    {
        if (!ReferenceEquals(shown.State, State))
        {
            SecretDigest? outdated = null;
            var match = asked.Credential is { } credential ? Match(credential, out outdated) : MatchVouched(asked.ShownAt);
            shown = new Shown(State, match, outdated);
        }

        return TokenPolicy.RefuseByItself(Token, shown.Match, _time.GetUtcNow()) is { } refusal
            ? Answer(asked, [.. Enumerable.Repeat(refusal, asked.Questions.Length)], _state.ConfirmedAt, _facts.Options.Length)
            : null;
    }

    /// <summary>Puts an answer together, and notes who may keep it.</summary>
    /// <param name="asked">What was asked.</param>
    /// <param name="decisions">What was decided.</param>
    /// <param name="oldest">When the oldest was confirmed that it rests on.</param>
    /// <param name="length">How old that may become, where the answer is kept; zero: it is not to be.</param>
    /// <returns>Null where it was told, in the very moment, that it is not to be believed.</returns>
    private ValidationAnswer? Answer(in Asked asked, ImmutableArray<Decision> decisions, long oldest, TimeSpan length)
    {
        var allows = false;
        foreach (var decision in decisions)
        {
            allows |= decision.Allowed;
        }

        if (allows && _ending)
        {
            throw BeingRevoked();
        }

        var usableFor = asked.Lessee is not null ? UsableFor(oldest, length) : TimeSpan.Zero;
        if (allows && usableFor > TimeSpan.Zero && Holds(LeaseProtection.DecideWhenAnswering))
        {
            _leases.Note(asked.Lessee!, oldest + length.Ticks);
            if (!_leases.Believes(_id, State.Epoch))
            {
                return null;
            }
        }

        return new ValidationAnswer(decisions) { UsableFor = usableFor, Epoch = State.Epoch };
    }

    /// <summary>For how long an answer may be used that rests on something as old as that: never longer than the token lives.</summary>
    private TimeSpan UsableFor(long oldest, TimeSpan length)
    {
        var left = _facts.Options.UsableOf(length).Ticks - (_facts.Clock.Now - oldest);
        if (State.ExpiresAt is { } end && end - _time.GetUtcNow() is var life && life > TimeSpan.Zero)
        {
            left = Math.Min(left, life.Ticks);
        }

        return TimeSpan.FromTicks(Math.Max(0, left));
    }

    private async Task<ValidationAnswer> LeaveLateAsync(Asked asked, ValidationAnswer answer)
    {
        await Task.Delay(Lateness, _time);
        if (asked.Lessee is not null)
        {
            _leases.Note(asked.Lessee, _facts.Clock.Now + answer.UsableFor.Ticks);
        }

        return answer;
    }

    private TokenAuthorityException BeingRevoked() => TokenAuthorityException.Unavailable($"Token {_id} is being revoked.");

    private bool Holds(LeaseProtection protection) => _facts.Options.Protections.Hold(protection);

    private NamespaceId Holder => new(State.HolderKind, State.HolderId);

    /// <summary>The token by its own record, or null where there is none.</summary>
    private DeployTokenView? Token => State.Status == DeployTokenStatus.Issued ? View() : null;

    private DecisionInput Input(
        CredentialMatch match, Lineage? holder, Question question, Place place, DecisionSettings settings, DateTimeOffset now) =>
        new(Token, match, holder, question.Action, place.Lineage, place.ViaRedirect, now, settings)
        {
            IssuedUnder = State.IssuedUnder,
            SwitchedOff = _validation.SwitchedOff,
        };

    /// <summary>A lineage through the holder, null where it is gone: that of the place in the usual case, or else the holder's own.</summary>
    private bool TryFindHolder(Place place, Freshness freshness, out Lineage? lineage, out long confirmedAt)
    {
        (lineage, confirmedAt) = (place.Lineage?.IsWithin(Holder) == true ? place.Lineage : null, long.MaxValue);
        return lineage is not null || Holder.IsNone || _places.TryGetLineage(Holder, freshness, out lineage, out confirmedAt);
    }

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
                var username = State.Username ?? DefaultUsername.Of(_id);
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

    /// <summary>How far the answer to a question has come.</summary>
    private struct Progress
    {
        /// <summary>What was shown, as far as it was compared already.</summary>
        public Shown Shown;

        /// <summary>Whether it would be a refusal that may not be true any more. Only rights that are taken away may be late, not those
        /// that are given: so it has to be looked at anew.</summary>
        public bool IsInDoubt;

        /// <summary>How old what it rests on may be when it is gathered.</summary>
        public TimeSpan MaxAge;
    }

    /// <summary>What was shown, compared with the token's record: a keyed digest, which is not computed twice for one question.</summary>
    /// <param name="State">The record that it was compared with.</param>
    /// <param name="Match">What came of it.</param>
    /// <param name="Outdated">The digest that is under a former master key, where it is right.</param>
    private readonly record struct Shown(DeployTokenState? State, CredentialMatch Match, SecretDigest? Outdated);

    /// <summary>What is asked of the token.</summary>
    /// <param name="Credential">What was shown; null: a JWT that vouches for it.</param>
    /// <param name="ShownAt">When it was shown, where a JWT vouches for it.</param>
    /// <param name="Questions">What is wanted.</param>
    /// <param name="Lessee">Who keeps the answer.</param>
    /// <param name="Renewal">Whether it is to be of use for a while.</param>
    /// <param name="Freshness">How fresh must be what it rests on.</param>
    private readonly record struct Asked(
        Credential? Credential, DateTimeOffset ShownAt, ImmutableArray<Question> Questions, ILeaseObserver? Lessee, bool Renewal,
        Freshness Freshness);
}
