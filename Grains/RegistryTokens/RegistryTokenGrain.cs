using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Validation;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <inheritdoc cref="IRegistryTokenGrain"/>
[StatelessWorker, GrainType("registry-tokens")]
internal sealed class RegistryTokenGrain(
    SigningKeyRing signingKeys,
    DeployTokenOptions tokens,
    RegistryTokenOptions options,
    ValidationOptions validation,
    AnonymousValidation anonymous,
    RegistryJwtCache made,
    PlaceFinder places,
    FactContext facts,
    TimeProvider time) : Grain, IRegistryTokenGrain
{
    public async Task<RegistryTokenAnswer> IssueAsync(RegistryTokenRequest request)
    {
        var wanted = RegistryAccess.Want(Checked(request.Scopes));
        var (answer, access) = request.Credential is { } credential
            ? await DecideAsync(request, credential, wanted)
            : await DecideAnonymousAsync(wanted);
        var signIn = answer.Decisions[0];
        return signIn.Allowed
            ? await SignAsync(answer, access)
            : new RegistryTokenAnswer(signIn, null, default, 0) { UsableFor = answer.UsableFor, Epoch = answer.Epoch };
    }

    public async Task<Decision> ValidateAsync(RegistryTokenUse use)
    {
        var scopes = Checked(use.Scopes);
        var (refusal, vouched) = await ReadAsync(use.Token);
        if (vouched is null)
        {
            return Decision.Deny(refusal);
        }

        // What nobody can be granted, no JWT grants; so every scope that it grants is one that can be asked about.
        var wanted = RegistryAccess.Want(scopes);
        if (!vouched.Grants(scopes) || wanted.Length != scopes.Length)
        {
            return Decision.Deny(DenyReason.ScopeMissing);
        }

        var decisions = vouched.Token.IsNone
            ? [SignInOfNobody(), .. (await Task.WhenAll(wanted.Select(DecideAnonymousAsync))).SelectMany(static d => d)]
            : await DecideVouchedAsync(vouched, wanted);
        return decisions.FirstOrDefault(static d => !d.Allowed) ?? decisions[^1];
    }

    private static ImmutableArray<RepositoryScope> Checked(ImmutableArray<RepositoryScope> scopes)
    {
        var given = scopes.IsDefault ? [] : scopes;
        return given.Length <= Limits.MaxRegistryScopes
            ? given
            : throw TokenAuthorityException.Invalid("scope", $"There may be at most {Limits.MaxRegistryScopes} scopes.");
    }

    private async Task<(DenyReason Refusal, VouchedToken? Token)> ReadAsync(string text)
    {
        if (JwtUse.Parse(text) is not { Kid: { Length: > 0 } keyId } jwt)
        {
            return (DenyReason.CredentialMalformed, null);
        }

        if (await signingKeys.FindAsync(keyId) is not { } key)
        {
            return (DenyReason.CredentialForged, null);
        }

        var refusal = await JwtUse.RefuseAsync(jwt, key, options.Issuer, options.Service, time.GetUtcNow());
        return refusal == DenyReason.None ? (DenyReason.CredentialMalformed, VouchedToken.Read(jwt)) : (refusal, null);
    }

    private async Task<IReadOnlyList<Decision>> DecideVouchedAsync(VouchedToken vouched, ImmutableArray<WantedAccess> wanted)
    {
        ImmutableArray<Question> questions =
            [new Question(RegistryAction.SignInToRegistry, default), .. RegistryAccess.Questions(wanted)];
        var answer = await GrainFactory.GetGrain<IVouchedTokenGrain>(vouched.Token.Value).ValidateVouchedAsync(vouched.IssuedAt, questions);
        return answer.Decisions.Length == questions.Length
            ? answer.Decisions
            : throw TokenAuthorityException.Unavailable("There are not as many decisions as questions.");
    }

    /// <summary>What there is to say about signing in without a credential: whether there is anything to sign in to.</summary>
    private Decision SignInOfNobody() => validation.SwitchedOff.HasFlag(SwitchedOff.ContainerRegistry)
        ? Decision.Deny(DenyReason.FeatureDisabled)
        : new Decision(true, DenyReason.None, null, null);

    /// <returns>An answer whose first decision is about signing in, and what is granted besides.</returns>
    private async Task<(ValidationAnswer Answer, ImmutableArray<GrantedAccess> Access)> DecideAsync(
        RegistryTokenRequest request, Credential credential, ImmutableArray<WantedAccess> wanted)
    {
        var refusal = PresentedSecret.Read(credential.Secret, tokens.Prefixes, out var token);
        if (refusal != DenyReason.None)
        {
            return (new ValidationAnswer([Decision.Deny(refusal)]), []);
        }

        ImmutableArray<Question> questions =
            [new Question(RegistryAction.SignInToRegistry, default), .. RegistryAccess.Questions(wanted)];
        var answer = await GrainFactory.GetGrain<IDeployTokenGrain>(token.Value)
            .ValidateAsync(new ValidationRequest(credential, questions) { Lessee = request.Lessee, Renewal = request.Renewal });
        return answer.Decisions is { IsDefaultOrEmpty: false } decisions
            ? (answer, RegistryAccess.Grant(wanted, decisions.AsSpan()[1..]))
            : throw TokenAuthorityException.Unavailable("There are not as many decisions as questions.");
    }

    private async Task<(ValidationAnswer Answer, ImmutableArray<GrantedAccess> Access)> DecideAnonymousAsync(
        ImmutableArray<WantedAccess> wanted)
    {
        var decisions = await Task.WhenAll(wanted.Select(DecideAnonymousAsync));
        var access = RegistryAccess.Grant(wanted, decisions.SelectMany(static d => d).ToArray());
        var signIn = SignInOfNobody();
        return (new ValidationAnswer([signIn.Allowed && access.IsEmpty ? Decision.Deny(DenyReason.CredentialRequired) : signIn]), access);
    }

    private async Task<Decision[]> DecideAnonymousAsync(WantedAccess wanted)
    {
        var decisions = new List<Decision>();
        foreach (var action in wanted.Actions)
        {
            var answer = await anonymous.DecideAsync(new Question(action, Resource.Within(wanted.Path)), renewal: false);
            decisions.AddRange(answer.Decisions);
        }

        return [.. decisions];
    }

    private async Task<RegistryTokenAnswer> SignAsync(ValidationAnswer answer, ImmutableArray<GrantedAccess> access)
    {
        var signIn = answer.Decisions[0];
        var lifetime = options.LifetimeUnder(await places.GetSettingsAsync(facts.Within(facts.Options.Usable)));
        var credentials = await signingKeys.GetAsync(time.GetUtcNow(), lifetime);
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var jwt = made.GetOrMake(credentials, signIn.Principal, answer.Epoch, access, now, lifetime);
        var left = jwt.IssuedAt + lifetime - now;
        return new RegistryTokenAnswer(signIn, jwt.Text, now, (int)left.TotalSeconds)
        {
            UsableFor = RegistryJwtCache.ForHowLong(answer.UsableFor, left),
            Epoch = answer.Epoch,
        };
    }
}
