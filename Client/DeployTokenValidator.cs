using System.Collections.Immutable;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client;

/// <summary>
/// Answers the one question of registries: may the holder of this credential do this, here, now? It can change nothing. Safe for any
/// number of threads.
/// </summary>
/// <remarks>
/// <para>
/// A refusal is a value. Every method throws <see cref="TokenAuthorityException"/> with <see cref="Errors.ErrorCode.Unavailable"/> where the
/// authority cannot be asked, or does not answer within <see cref="DeployTokenClientOptions.Deadline"/>; a caller must then let nobody in.
/// </para>
/// <para>
/// Decisions are kept for as long as the authority allows, a few seconds, and then answer the same question at once, from memory. When the
/// authority has said that a token is revoked, no decision about it is used any more. See
/// <see cref="DeployTokenClientOptions.MaxCachedDecisions"/>.
/// </para>
/// </remarks>
public sealed class DeployTokenValidator
{
    private static readonly Question SignIn = new(RegistryAction.SignInToRegistry, default);

    /// <summary>How many JWTs are kept: with the greatest length, at most 80 MB.</summary>
    internal const int MaxKeptTokens = 20_000;

    /// <summary>What is longer is for many scopes, or for long names, and asked for each time.</summary>
    internal const int MaxKeptTokenLength = 2_000;

    private readonly GridCalls _calls;
    private readonly TokenGrains _tokens;
    private readonly CredentialGate _gate;
    private readonly LeasedDecisions _leases;
    private readonly LeasedDecisions _issued;

    /// <param name="calls">Reaches the authority.</param>
    /// <param name="gate">Refuses what is forged.</param>
    /// <param name="leases">Decisions that are kept.</param>
    /// <param name="issued">JWTs that are kept.</param>
    internal DeployTokenValidator(GridCalls calls, CredentialGate gate, LeasedDecisions leases, LeasedDecisions issued)
    {
        _calls = calls;
        _tokens = new TokenGrains(calls);
        _gate = gate;
        _leases = leases;
        _issued = issued;
    }

    /// <summary>Decides one action. Completed when it returns, without an allocation, where the decision is kept and may be used.</summary>
    /// <param name="credential">What the caller showed.</param>
    /// <param name="action">What the caller wants to do.</param>
    /// <param name="resource">Where; none for actions at no particular resource.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public ValueTask<Decision> ValidateAsync(
        Credential credential, RegistryAction action, Resource resource = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return TryAnswer(credential, action, resource, out var key) is { } known
            ? ValueTask.FromResult(known)
            : new ValueTask<Decision>(ValidateOneAsync(credential, new Question(action, resource), key, cancellation));
    }

    /// <summary>Decides several actions of one credential at one time: those that are not kept are asked for together.</summary>
    /// <param name="credential">What the caller showed.</param>
    /// <param name="questions">1 to <see cref="Limits.MaxQuestions"/>.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    /// <returns>One decision for each question, in their order.</returns>
    /// <exception cref="TokenAuthorityException"><see cref="Errors.ErrorCode.InvalidArgument"/>: the number of questions.</exception>
    public Task<ImmutableArray<Decision>> ValidateAllAsync(
        Credential credential, ImmutableArray<Question> questions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (questions.IsDefaultOrEmpty || questions.Length > Limits.MaxQuestions)
        {
            throw TokenAuthorityException.Invalid("questions", $"There must be 1 to {Limits.MaxQuestions} questions.");
        }

        return TryAnswerAll(credential, questions, out var keys) is { } known
            ? Task.FromResult(known)
            : _calls.RunAsync(() => DecideAsync(credential, questions, keys), cancellation);
    }

    /// <summary>Decides one action of somebody who shows no credential. Kept as decisions about credentials are.</summary>
    /// <param name="action">What the caller wants to do.</param>
    /// <param name="resource">Where.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public ValueTask<Decision> ValidateAnonymousAsync(
        RegistryAction action, Resource resource, CancellationToken cancellation = default)
    {
        if (resource.IsGroup)
        {
            return ValueTask.FromResult(Decision.Deny(DenyReason.CredentialRequired));
        }

        return TryAnswer(null, action, resource, out var key) is { } known
            ? ValueTask.FromResult(known)
            : new ValueTask<Decision>(ValidateOneAnonymouslyAsync(new Question(action, resource), key, cancellation));
    }

    /// <summary>Decides what a registry asks for, and signs what is granted.</summary>
    /// <param name="request">The credential, if any, and the scopes.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<RegistryTokenAnswer> IssueRegistryTokenAsync(RegistryTokenRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        UInt128? key = _issued.IsKeeping && request.Credential is { } shown
            && DecisionKey.TryCompute(shown, request.Scopes, out var computed) ? computed : null;
        if (key is not { } known || !_issued.TryUse(known, out var lease, out var isDue))
        {
            return _calls.RunAsync(() => IssueAsync(request, key), cancellation);
        }

        if (isDue)
        {
            _issued.Renew(lease, SignIn, AskToIssue(request));
        }

        return Task.FromResult((RegistryTokenAnswer)lease.Attachment!);
    }

    /// <summary>
    /// Decides about a request to a registry that came with a JWT of <see cref="IssueRegistryTokenAsync"/>. See
    /// <see cref="IRegistryTokenGrain.ValidateAsync"/>.
    /// </summary>
    /// <param name="use">The JWT, and what the request needs.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public Task<Decision> ValidateRegistryTokenAsync(RegistryTokenUse use, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(use);
        return _calls.RunAsync(() => _calls.Grains.GetGrain<IRegistryTokenGrain>(0).ValidateAsync(use), cancellation);
    }

    /// <summary>Makes a JWT for the dependency proxy.</summary>
    /// <param name="credential">What the caller showed; null: nothing, which is refused.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<RegistryTokenAnswer> IssueDependencyProxyTokenAsync(
        Credential? credential, CancellationToken cancellation = default) => _calls.RunAsync(
        () => IssueAsync(credential, () => _calls.Grains.GetGrain<IDependencyProxyGrain>(0).IssueAsync(credential)), cancellation);

    /// <summary>
    /// Decides about a request to a dependency proxy that came with a JWT of <see cref="IssueDependencyProxyTokenAsync"/>. The deploy
    /// token that it was made for is judged as it is now.
    /// </summary>
    /// <param name="use">The JWT, and the group.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public Task<Decision> ValidateDependencyProxyTokenAsync(DependencyProxyUse use, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(use);
        return _calls.RunAsync(() => _calls.Grains.GetGrain<IDependencyProxyGrain>(0).ValidateAsync(use), cancellation);
    }

    /// <summary>The public keys with which registries verify, newest first.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<ImmutableArray<PublishedKey>> GetPublishedKeysAsync(CancellationToken cancellation = default) =>
        _calls.RunAsync(() => _calls.Grains.GetGrain<ISigningKeyGrain>(0).GetPublishedAsync(), cancellation);

    /// <summary>The decision that is kept and may be used; null where there is none.</summary>
    private Decision? TryAnswer(Credential? credential, RegistryAction action, in Resource resource, out UInt128? key)
    {
        key = null;
        if (!_leases.IsKeeping || !DecisionKey.TryCompute(credential, action, resource, out var computed))
        {
            return null;
        }

        key = computed;
        if (!_leases.TryUse(computed, out var lease, out var isDue))
        {
            return null;
        }

        if (isDue)
        {
            Renew(lease, credential, new Question(action, resource));
        }

        return lease.Decision;
    }

    /// <summary>The decisions, where all are kept and may be used.</summary>
    private ImmutableArray<Decision>? TryAnswerAll(Credential credential, ImmutableArray<Question> questions, out UInt128?[] keys)
    {
        var decisions = ImmutableArray.CreateBuilder<Decision>(questions.Length);
        keys = new UInt128?[questions.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (TryAnswer(credential, questions[i].Action, questions[i].Resource, out keys[i]) is { } known)
            {
                decisions.Add(known);
            }
        }

        return decisions.Count == keys.Length ? decisions.MoveToImmutable() : null;
    }

    // Apart from what calls it, which allocates nothing where it does not.
    private void Renew(Lease lease, Credential? credential, Question question) =>
        _leases.Renew(lease, question, credential is null ? AskAnonymously() : AskAbout(credential, lease.Token));

    private async Task<Decision> ValidateOneAsync(Credential credential, Question question, UInt128? key, CancellationToken cancellation) =>
        (await _calls.RunAsync(() => DecideAsync(credential, [question], [key]), cancellation))[0];

    private async Task<Decision> ValidateOneAnonymouslyAsync(Question question, UInt128? key, CancellationToken cancellation) =>
        (await _calls.RunAsync(() => _leases.DecideAsync(default, [question], [key], AskAnonymously()), cancellation))[0];

    private async Task<ImmutableArray<Decision>> DecideAsync(Credential credential, ImmutableArray<Question> questions, UInt128?[] keys)
    {
        var (token, refusal) = await _gate.InspectAsync(credential.Secret);
        if (refusal != DenyReason.None)
        {
            return [.. questions.Select(_ => Decision.Deny(refusal))];
        }

        if (_leases.IsKeeping)
        {
            return await _leases.DecideAsync(token, questions, keys, AskAbout(credential, token));
        }

        var answer = await _tokens.Of(token).ValidateAsync(new ValidationRequest(credential, questions));
        return LeasedDecisions.DecisionsOf(answer, questions.Length);
    }

    private AskAuthority AskAbout(Credential credential, TokenId token) => async (questions, lessee, renewal) =>
        new Answered(await _tokens.Of(token).ValidateAsync(new ValidationRequest(credential, questions) { Lessee = lessee, Renewal = renewal }));

    private AskAuthority AskAnonymously() => async (questions, _, renewal) =>
        new Answered(await _calls.Grains.GetGrain<IAnonymousValidationGrain>(0).ValidateAsync(questions[0], renewal));

    private AskAuthority AskToIssue(RegistryTokenRequest request) => async (_, lessee, renewal) =>
    {
        var answer = await _calls.Grains.GetGrain<IRegistryTokenGrain>(0)
            .IssueAsync(request with { Lessee = lessee, Renewal = renewal });
        var usableFor = answer.Token?.Length > MaxKeptTokenLength ? TimeSpan.Zero : answer.UsableFor;
        return new Answered(new ValidationAnswer([answer.SignIn]) { UsableFor = usableFor, Epoch = answer.Epoch }, answer);
    };

    private async Task<RegistryTokenAnswer> IssueAsync(RegistryTokenRequest request, UInt128? key)
    {
        var (token, refusal) = request.Credential is { } credential ? await _gate.InspectAsync(credential.Secret) : default;
        return refusal == DenyReason.None
            ? (RegistryTokenAnswer)(await _issued.FindAsync(token, [SignIn], [key], AskToIssue(request)))[0]!.Attachment!
            : new RegistryTokenAnswer(Decision.Deny(refusal), null, default, 0);
    }

    private async Task<RegistryTokenAnswer> IssueAsync(Credential? credential, Func<Task<RegistryTokenAnswer>> issue)
    {
        var refusal = credential is null ? DenyReason.None : (await _gate.InspectAsync(credential.Secret)).Refusal;
        return refusal == DenyReason.None ? await issue() : new RegistryTokenAnswer(Decision.Deny(refusal), null, default, 0);
    }
}
