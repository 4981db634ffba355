using System.Collections.Immutable;
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
/// A refusal is a value. Every method throws <see cref="TokenAuthorityException"/> with <see cref="Errors.ErrorCode.Unavailable"/> where the
/// authority cannot be asked, or does not answer within <see cref="DeployTokenClientOptions.Deadline"/>; a caller must then let nobody in.
/// </remarks>
public sealed class DeployTokenValidator
{
    private readonly GridCalls _calls;
    private readonly CredentialGate _gate;

    internal DeployTokenValidator(GridCalls calls, CredentialGate gate)
    {
        _calls = calls;
        _gate = gate;
    }

    /// <summary>Decides one action.</summary>
    /// <param name="credential">What the caller showed.</param>
    /// <param name="action">What the caller wants to do.</param>
    /// <param name="resource">Where; none for actions at no particular resource.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public async Task<Decision> ValidateAsync(
        Credential credential, RegistryAction action, Resource resource = default, CancellationToken cancellation = default)
    {
        var decisions = await ValidateAllAsync(credential, [new Question(action, resource)], cancellation);
        return decisions[0];
    }

    /// <summary>Decides several actions of one credential at one time.</summary>
    /// <param name="credential">What the caller showed.</param>
    /// <param name="questions">1 to <see cref="Limits.MaxQuestions"/>.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    /// <returns>One decision for each question, in their order.</returns>
    /// <exception cref="TokenAuthorityException"><see cref="Errors.ErrorCode.InvalidArgument"/>: the number of questions.</exception>
    public async Task<ImmutableArray<Decision>> ValidateAllAsync(
        Credential credential, ImmutableArray<Question> questions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return !questions.IsDefaultOrEmpty && questions.Length <= Limits.MaxQuestions
            ? await _calls.RunAsync(() => DecideAsync(credential, questions), cancellation)
            : throw TokenAuthorityException.Invalid("questions", $"There must be 1 to {Limits.MaxQuestions} questions.");
    }

    /// <summary>Decides one action of somebody who shows no credential.</summary>
    /// <param name="action">What the caller wants to do.</param>
    /// <param name="resource">Where.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public Task<Decision> ValidateAnonymousAsync(
        RegistryAction action, Resource resource, CancellationToken cancellation = default) => resource.IsGroup
        ? Task.FromResult(Decision.Deny(DenyReason.CredentialRequired))
        : _calls.RunAsync(() => DecideAnonymousAsync(action, resource), cancellation);

    /// <summary>Decides what a registry asks for, and signs what is granted.</summary>
    /// <param name="request">The credential, if any, and the scopes.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<RegistryTokenAnswer> IssueRegistryTokenAsync(RegistryTokenRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _calls.RunAsync(
            () => IssueAsync(request.Credential, () => _calls.Grains.GetGrain<IRegistryTokenGrain>(0).IssueAsync(request)), cancellation);
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

    private async Task<ImmutableArray<Decision>> DecideAsync(Credential credential, ImmutableArray<Question> questions)
    {
        var (token, refusal) = await _gate.InspectAsync(credential.Secret);
        if (refusal != DenyReason.None)
        {
            return [.. questions.Select(_ => Decision.Deny(refusal))];
        }

        var grain = _calls.Grains.GetGrain<IDeployTokenGrain>(token.Value);
        return (await grain.ValidateAsync(new ValidationRequest(credential, questions))).Decisions;
    }

    private async Task<Decision> DecideAnonymousAsync(RegistryAction action, Resource resource)
    {
        var answer = await _calls.Grains.GetGrain<IAnonymousValidationGrain>(0).ValidateAsync(new Question(action, resource), renewal: false);
        return answer.Decisions[0];
    }

    private async Task<RegistryTokenAnswer> IssueAsync(Credential? credential, Func<Task<RegistryTokenAnswer>> issue)
    {
        var refusal = credential is null ? DenyReason.None : (await _gate.InspectAsync(credential.Secret)).Refusal;
        return refusal == DenyReason.None ? await issue() : new RegistryTokenAnswer(Decision.Deny(refusal), null, default, 0);
    }
}
