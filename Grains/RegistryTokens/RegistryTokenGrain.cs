using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <inheritdoc cref="IRegistryTokenGrain"/>
[StatelessWorker, GrainType("registry-tokens")]
internal sealed class RegistryTokenGrain(
    SigningKeyRing signingKeys,
    DeployTokenOptions tokens,
    RegistryTokenOptions options,
    TimeProvider time) : Grain, IRegistryTokenGrain
{
    public async Task<RegistryTokenAnswer> IssueAsync(RegistryTokenRequest request)
    {
        var scopes = request.Scopes.IsDefault ? [] : request.Scopes;
        if (scopes.Length > Limits.MaxRegistryScopes)
        {
            throw TokenAuthorityException.Invalid("scope", $"There may be at most {Limits.MaxRegistryScopes} scopes.");
        }

        var wanted = RegistryAccess.Want(scopes);
        var (signIn, access) = request.Credential is { } credential
            ? await DecideAsync(credential, wanted)
            : await DecideAnonymousAsync(wanted);
        return signIn.Allowed ? await SignAsync(signIn, access) : new RegistryTokenAnswer(signIn, null, default, 0);
    }

    private async Task<(Decision SignIn, ImmutableArray<GrantedAccess> Access)> DecideAsync(
        Credential credential, ImmutableArray<WantedAccess> wanted)
    {
        // The tag was for the gate to judge; the token's own grain judges the whole secret.
        var shape = TokenFormat.Parse(credential.Secret, tokens.Prefixes, out var token);
        if (shape != TokenShape.Ours)
        {
            return (Decision.Deny(RefusalOf(shape)), []);
        }

        ImmutableArray<Question> questions =
            [new Question(RegistryAction.SignInToRegistry, default), .. RegistryAccess.Questions(wanted)];
        var answer = await GrainFactory.GetGrain<IDeployTokenGrain>(token.TokenId)
            .ValidateAsync(new ValidationRequest(credential, questions));
        return answer.Decisions is { IsDefaultOrEmpty: false } decisions
            ? (decisions[0], RegistryAccess.Grant(wanted, decisions.AsSpan()[1..]))
            : throw TokenAuthorityException.Unavailable("There are not as many decisions as questions.");
    }

    private async Task<(Decision SignIn, ImmutableArray<GrantedAccess> Access)> DecideAnonymousAsync(ImmutableArray<WantedAccess> wanted)
    {
        var decisions = await Task.WhenAll(wanted.Select(DecideAnonymousAsync));
        var access = RegistryAccess.Grant(wanted, decisions.SelectMany(static d => d).ToArray());
        var signIn = access.IsEmpty
            ? Decision.Deny(DenyReason.CredentialRequired)
            : new Decision(true, DenyReason.None, null, null);
        return (signIn, access);
    }

    private async Task<Decision[]> DecideAnonymousAsync(WantedAccess wanted)
    {
        var resolved = await GrainFactory.GetGrain<INamespaceDirectoryGrain>(0).ResolveAsync(wanted.Path);
        return resolved.Target.Kind == NamespaceKind.Project
            ? await Task.WhenAll(wanted.Actions.Select(action => GrainFactory.GetGrain<IProjectGrain>(resolved.Target.Value)
                .ValidateAnonymousAsync(action, resolved.Redirected)))
            : [.. wanted.Actions.Select(static _ => Decision.Deny(DenyReason.CredentialRequired))];
    }

    private async Task<RegistryTokenAnswer> SignAsync(Decision signIn, ImmutableArray<GrantedAccess> access)
    {
        var settings = await GrainFactory.GetGrain<IApplicationSettingsGrain>(0).GetAsync();
        var lifetime = options.LifetimeUnder(settings);
        var credentials = await signingKeys.GetAsync(time.GetUtcNow(), lifetime);
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var jwt = RegistryJwt.Write(credentials, options, signIn.Principal, access, now, lifetime);
        return new RegistryTokenAnswer(signIn, jwt, now, (int)lifetime.TotalSeconds);
    }

    private static DenyReason RefusalOf(TokenShape shape) => shape switch
    {
        TokenShape.Malformed => DenyReason.CredentialMalformed,
        _ => DenyReason.TokenUnknown,
    };
}
