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
internal sealed class InstallationGrain : Grain, IInstallationGrain
{
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
        var administrator = GrainFactory.GetGrain<IOperatorTokenOwnerGrain>(OperatorId.First.Value);
        var (earlier, former) = (_state.Current.AdministratorTokens, _state.Current.FormerAdministratorTokens);
        if (!earlier.IsEmpty || !former.IsEmpty)
        {
            await administrator.AdoptAsync(earlier);
            foreach (var key in former.Except(earlier))
            {
                await GrainFactory.GetGrain<IOperatorTokenGrain>(key).ForgetAsync();
            }

            await _state.WriteAsync(_state.Current with { AdministratorTokens = [], FormerAdministratorTokens = [] });
        }

        return await administrator.EnsureAdministratorAsync(given);
    }

    public Task<GatewayKeys> GetGatewayKeysAsync() => Task.FromResult(new GatewayKeys(
        TagKeyring.Open(_state.Current.TagKeys, _keys), [_options.Prefixes.Issuing, .. _options.Prefixes.Former]));
}
