using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client;

/// <summary>
/// Answers the one question of registries: may the holder of this credential do this, here, now? It can change nothing. Safe for any
/// number of threads.
/// </summary>
/// <remarks>
/// A refusal is a value. Every method throws <see cref="TokenAuthorityException"/> with <see cref="Errors.ErrorCode.Unavailable"/> where the
/// authority cannot be asked; a caller must then let nobody in.
/// </remarks>
public sealed class DeployTokenValidator
{
    private readonly IGrainFactory _grains;
    private readonly CredentialGate _gate;

    internal DeployTokenValidator(IGrainFactory grains, CredentialGate gate)
    {
        _grains = grains;
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
        if (questions.IsDefaultOrEmpty || questions.Length > Limits.MaxQuestions)
        {
            throw TokenAuthorityException.Invalid("questions", $"There must be 1 to {Limits.MaxQuestions} questions.");
        }

        var (token, refusal) = await _gate.InspectAsync(credential.Secret, cancellation);
        if (refusal != DenyReason.None)
        {
            return [.. questions.Select(_ => Decision.Deny(refusal))];
        }

        var answer = await GridCalls.RunAsync(
            () => _grains.GetGrain<IDeployTokenGrain>(token.Value).ValidateAsync(new ValidationRequest(credential, questions)),
            cancellation);
        return answer.Decisions;
    }

    /// <summary>Decides one action of somebody who shows no credential.</summary>
    /// <param name="action">What the caller wants to do.</param>
    /// <param name="resource">Where.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public async Task<Decision> ValidateAnonymousAsync(
        RegistryAction action, Resource resource, CancellationToken cancellation = default)
    {
        if (resource.IsGroup)
        {
            return Decision.Deny(DenyReason.CredentialRequired);
        }

        var (project, redirected) = resource.Path.IsNone
            ? (resource.Project, false)
            : await ResolveAsync(resource, cancellation);
        return project.IsNone
            ? Decision.Deny(DenyReason.CredentialRequired)
            : await GridCalls.RunAsync(
                () => _grains.GetGrain<IProjectGrain>(project.Value).ValidateAnonymousAsync(action, redirected), cancellation);
    }

    /// <summary>Decides what a registry asks for, and signs what is granted.</summary>
    /// <param name="request">The credential, if any, and the scopes.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<RegistryTokenAnswer> IssueRegistryTokenAsync(
        RegistryTokenRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Credential is { } credential)
        {
            var (_, refusal) = await _gate.InspectAsync(credential.Secret, cancellation);
            if (refusal != DenyReason.None)
            {
                return new RegistryTokenAnswer(Decision.Deny(refusal), null, default, 0);
            }
        }

        return await GridCalls.RunAsync(() => _grains.GetGrain<IRegistryTokenGrain>(0).IssueAsync(request), cancellation);
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
        return GridCalls.RunAsync(() => _grains.GetGrain<IRegistryTokenGrain>(0).ValidateAsync(use), cancellation);
    }

    /// <summary>Makes a JWT for the dependency proxy.</summary>
    /// <param name="credential">What the caller showed; null: nothing, which is refused.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<RegistryTokenAnswer> IssueDependencyProxyTokenAsync(
        Credential? credential, CancellationToken cancellation = default)
    {
        if (credential is not null)
        {
            var (_, refusal) = await _gate.InspectAsync(credential.Secret, cancellation);
            if (refusal != DenyReason.None)
            {
                return new RegistryTokenAnswer(Decision.Deny(refusal), null, default, 0);
            }
        }

        return await GridCalls.RunAsync(() => _grains.GetGrain<IDependencyProxyGrain>(0).IssueAsync(credential), cancellation);
    }

    /// <summary>
    /// Decides about a request to a dependency proxy that came with a JWT of <see cref="IssueDependencyProxyTokenAsync"/>. The deploy
    /// token that it was made for is judged as it is now.
    /// </summary>
    /// <param name="use">The JWT, and the group.</param>
    /// <param name="cancellation">Gives up waiting; nothing is decided then.</param>
    public Task<Decision> ValidateDependencyProxyTokenAsync(DependencyProxyUse use, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(use);
        return GridCalls.RunAsync(() => _grains.GetGrain<IDependencyProxyGrain>(0).ValidateAsync(use), cancellation);
    }

    /// <summary>The public keys with which registries verify, newest first.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<ImmutableArray<PublishedKey>> GetPublishedKeysAsync(CancellationToken cancellation = default) =>
        GridCalls.RunAsync(() => _grains.GetGrain<ISigningKeyGrain>(0).GetPublishedAsync(), cancellation);

    private async Task<(ProjectId Project, bool Redirected)> ResolveAsync(Resource resource, CancellationToken cancellation)
    {
        var resolved = await GridCalls.RunAsync(
            () => _grains.GetGrain<INamespaceDirectoryGrain>(0).ResolveAsync(resource.Path).AsTask(), cancellation);
        var whole = resolved.Segments == resource.Path.Segments.Length;
        return whole || resource.LongestPrefix ? (resolved.Target.AsProject, resolved.Redirected) : default;
    }
}
