using System.Buffers.Text;
using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Operators;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Installation;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Installation;

/// <inheritdoc cref="IInstallationGrain"/>
[GrainType("installation")]
internal sealed class InstallationGrain : Grain, IInstallationGrain, IOperatorTokenOwnerGrain
{
    private const string Prefix = "glpat-";
    private const int RandomBytes = 18;

    private static readonly OperatorPrincipal Administrator = new(new OperatorId(1), "root", "Administrator", IsAdministrator: true);

    private readonly DurableState<InstallationState> _state;
    private readonly MasterKeyRing _keys;
    private readonly DeployTokenOptions _options;

    public InstallationGrain(
        [PersistentState("installation")] IPersistentState<InstallationState> storage, MasterKeyRing keys, DeployTokenOptions options)
    {
        _state = new DurableState<InstallationState>(storage, this);
        _keys = keys;
        _options = options;
    }

    public async Task ConfirmMasterKeyAsync()
    {
        var newest = _keys.Newest.Id.ToString();
        if (_state.Current.MasterKeyId is { } last && !_keys.Keys.Any(key => key.Id.ToString() == last))
        {
            throw new TokenAuthorityException(
                ErrorCode.Conflict,
                $"The data was last used with master key {last}, which is not among those configured: every token would be refused. "
                + "Configure that key too, after the new one.");
        }

        var tagKeys = TagKeyring.Renew(_state.Current.TagKeys, _keys);
        if (_state.Current.MasterKeyId != newest || tagKeys != _state.Current.TagKeys)
        {
            await _state.WriteAsync(_state.Current with { MasterKeyId = newest, TagKeys = tagKeys });
        }
    }

    public async Task<Secret?> EnsureAdministratorAsync(Secret? given)
    {
        if (given is null && await KnowsAdministratorAsync())
        {
            await GrantAsync();
            await RevokeFormerAsync();
            return null;
        }

        var token = given ?? NewToken();
        var lookUps = SecretDigest.LookupKeys(_keys, token);
        var known = _state.Current.AdministratorTokens;
        if (!known.Contains(lookUps[0]))
        {
            // Written down before it can be used, so that whatever is granted here is revoked one day.
            var isTheSame = known.Intersect(lookUps).Any();
            await _state.WriteAsync(_state.Current with
            {
                AdministratorTokens = isTheSame ? known.Add(lookUps[0]) : [lookUps[0]],
                FormerAdministratorTokens = [.. _state.Current.FormerAdministratorTokens
                    .Concat(isTheSame ? [] : known).Except(lookUps).Distinct()],
            });
        }

        if (given is null)
        {
            // Granted last: once it is, nothing may keep it from being shown.
            await RevokeFormerAsync();
            await GrantAsync();
            return token;
        }

        await GrantAsync();
        await RevokeFormerAsync();
        return null;
    }

    public async Task RenewAsync(string seen, string newest)
    {
        var known = _state.Current.AdministratorTokens;
        if (!known.Contains(seen))
        {
            return; // It is being revoked.
        }

        if (!known.Contains(newest))
        {
            await _state.WriteAsync(_state.Current with { AdministratorTokens = known.Add(newest) });
        }

        await GrantAsync();
    }

    public Task<GatewayKeys> GetGatewayKeysAsync() => Task.FromResult(new GatewayKeys(
        TagKeyring.Open(_state.Current.TagKeys, _keys), [_options.Prefixes.Issuing, .. _options.Prefixes.Former]));

    /// <summary>
    /// Whether there is an administrator's token that somebody can have. One that was made here and not granted was never shown. While
    /// one replaces another, either is granted.
    /// </summary>
    private async Task<bool> KnowsAdministratorAsync()
    {
        foreach (var key in _state.Current.AdministratorTokens.Concat(_state.Current.FormerAdministratorTokens))
        {
            if (await Token(key).GetAsync() is not null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task GrantAsync()
    {
        var newest = Token(_state.Current.AdministratorTokens[^1]);
        if (await newest.GetAsync() is null)
        {
            await newest.GrantAsync(Administrator);
        }
    }

    private async Task RevokeFormerAsync()
    {
        if (_state.Current.FormerAdministratorTokens.IsEmpty)
        {
            return;
        }

        foreach (var former in _state.Current.FormerAdministratorTokens)
        {
            await Token(former).RevokeAsync();
        }

        await _state.WriteAsync(_state.Current with { FormerAdministratorTokens = [] });
    }

    private IOperatorTokenGrain Token(string lookUpKey) => GrainFactory.GetGrain<IOperatorTokenGrain>(lookUpKey);

    private static Secret NewToken()
    {
        var text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        return Secret.TryCreate(text, out var secret) ? secret : throw new InvalidOperationException("A new operator token was no secret.");
    }
}
