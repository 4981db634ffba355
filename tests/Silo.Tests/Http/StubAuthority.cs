using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Installation;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>One token, known to the gateway, and what is decided about it.</summary>
internal sealed class StubAuthority : IInstallationGrain, IDeployTokenGrain, IRegistryTokenGrain, IDependencyProxyGrain
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A secret that the gateway takes for one of this authority.</summary>
    public Secret Token { get; }

    /// <summary>What is decided about every question.</summary>
    public Func<Decision> Decide { get; init; } = () => throw new OrleansException("The silo is gone.");

    /// <summary>What is answered to registries.</summary>
    public Func<RegistryTokenRequest, RegistryTokenAnswer> Sign { get; init; } = _ => throw new OrleansException("The silo is gone.");

    /// <summary>What is answered to clients of the dependency proxy.</summary>
    public Func<Credential?, RegistryTokenAnswer> SignForDependencyProxy { get; init; } = _ => throw new OrleansException("The silo is gone.");

    /// <summary>What is decided about uses of a registry's JWT.</summary>
    public Func<RegistryTokenUse, Decision> JudgeUse { get; init; } = _ => throw new OrleansException("The silo is gone.");

    /// <summary>What is decided about uses of a dependency proxy's JWT.</summary>
    public Func<DependencyProxyUse, Decision> JudgeDependencyProxyUse { get; init; } = _ => throw new OrleansException("The silo is gone.");

    /// <summary>Makes an authority.</summary>
    public StubAuthority()
    {
        Assert.True(TokenPrefixes.TryCreate(TokenPrefixes.DefaultPrefix, [], out var prefixes, out _));
        Token = TokenFormat.Issue(prefixes, region: 0, tokenId: 7, new TagKey(_key));
    }

    /// <summary>The grains.</summary>
    public IGrainFactory Grains => StubGrains.Of(
        (typeof(IInstallationGrain), this), (typeof(IDeployTokenGrain), this), (typeof(IRegistryTokenGrain), this),
        (typeof(IDependencyProxyGrain), this));

    /// <inheritdoc/>
    public Task ConfirmMasterKeyAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<Secret?> EnsureAdministratorAsync(Secret? given) => Task.FromResult<Secret?>(null);

    /// <inheritdoc/>
    public Task<GatewayKeys> GetGatewayKeysAsync() => Task.FromResult(new GatewayKeys([[.. _key]], [TokenPrefixes.DefaultPrefix]));

    /// <inheritdoc/>
    public Task<ValidationAnswer> ValidateAsync(ValidationRequest request) =>
        Task.FromResult(new ValidationAnswer([.. request.Questions.Select(_ => Decide())]));

    /// <inheritdoc/>
    public Task<RegistryTokenAnswer> IssueAsync(RegistryTokenRequest request) => Task.FromResult(Sign(request));

    /// <inheritdoc/>
    public Task<RegistryTokenAnswer> IssueAsync(Credential? credential) => Task.FromResult(SignForDependencyProxy(credential));

    /// <inheritdoc/>
    public Task<Decision> ValidateAsync(RegistryTokenUse use) => Task.FromResult(JudgeUse(use));

    /// <inheritdoc/>
    public Task<Decision> ValidateAsync(DependencyProxyUse use) => Task.FromResult(JudgeDependencyProxyUse(use));
}
