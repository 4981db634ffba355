using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <inheritdoc cref="IDependencyProxyGrain"/>
[StatelessWorker, GrainType("dependency-proxy")]
internal sealed class DependencyProxyGrain(
    DependencyProxyJwt jwts,
    DeployTokenOptions tokens,
    RegistryTokenOptions options,
    ValidationOptions validation,
    TimeProvider time) : Grain, IDependencyProxyGrain
{
    public async Task<RegistryTokenAnswer> IssueAsync(Credential? credential)
    {
        var signIn = credential is null ? Anonymous() : await DecideAsync(credential);
        if (signIn is not { Allowed: true, Principal: { } principal })
        {
            return new RegistryTokenAnswer(signIn, null, default, 0);
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var lifetime = options.LifetimeUnder(await GrainFactory.GetGrain<IApplicationSettingsGrain>(0).GetAsync());
        return new RegistryTokenAnswer(signIn, jwts.Write(principal.Token, now, lifetime), now, (int)lifetime.TotalSeconds);
    }

    public async Task<Decision> ValidateAsync(DependencyProxyUse use)
    {
        var (refusal, token, issuedAt) = await jwts.ReadAsync(use.Token, time.GetUtcNow());
        if (refusal != DenyReason.None)
        {
            return Decision.Deny(refusal);
        }

        var question = use.Group is { } group
            ? new Question(RegistryAction.UseDependencyProxy, Resource.GroupAt(group))
            : new Question(RegistryAction.SignInToDependencyProxy, default);
        var answer = await GrainFactory.GetGrain<IVouchedTokenGrain>(token.Value).ValidateVouchedAsync(issuedAt, [question]);
        return answer.Decisions[0];
    }

    private Decision Anonymous() => TokenPolicy.Decide(
        DecisionInput.Anonymous(RegistryAction.SignInToDependencyProxy, null, viaRedirect: false, time.GetUtcNow()) with
        {
            SwitchedOff = validation.SwitchedOff,
        });

    private async Task<Decision> DecideAsync(Credential credential)
    {
        var refusal = PresentedSecret.Read(credential.Secret, tokens.Prefixes, out var token);
        if (refusal != DenyReason.None)
        {
            return Decision.Deny(refusal);
        }

        var question = new Question(RegistryAction.SignInToDependencyProxy, default);
        var answer = await GrainFactory.GetGrain<IDeployTokenGrain>(token.Value).ValidateAsync(new ValidationRequest(credential, [question]));
        return answer.Decisions[0];
    }
}
