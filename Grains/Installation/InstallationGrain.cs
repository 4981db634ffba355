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

/// <summary>What there is once in an installation, as stored.</summary>
internal sealed record InstallationState : IDurable
{
    /// <summary>The look-up key of the administrator's token, or null before there is one.</summary>
    public string? AdministratorToken { get; init; }

    /// <summary>The public id of the newest master key at the last start, or null before the first.</summary>
    public string? MasterKeyId { get; init; }

    public string? Fault() => AdministratorToken is "" ? "an empty look-up key" : null;
}

/// <inheritdoc cref="IInstallationGrain"/>
[GrainType("installation")]
internal sealed class InstallationGrain : Grain, IInstallationGrain
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

        if (_state.Current.MasterKeyId != newest)
        {
            await _state.WriteAsync(_state.Current with { MasterKeyId = newest });
        }
    }

    public async Task<Secret?> EnsureAdministratorAsync(Secret? given)
    {
        var known = _state.Current.AdministratorToken;
        if (given is null && known is not null)
        {
            return null;
        }

        var token = given ?? NewToken();
        var lookUps = SecretDigest.LookupKeys(_keys, token);
        if (known is not null && lookUps.Contains(known))
        {
            return null;
        }

        await GrainFactory.GetGrain<IOperatorTokenGrain>(lookUps[0]).GrantAsync(Administrator);
        if (known is not null)
        {
            await GrainFactory.GetGrain<IOperatorTokenGrain>(known).RevokeAsync();
        }

        await _state.WriteAsync(_state.Current with { AdministratorToken = lookUps[0] });
        return given is null ? token : null;
    }

    public Task<GatewayKeys> GetGatewayKeysAsync()
    {
        var tagKeys = new List<byte[]>();
        foreach (var key in _keys.TagKeys)
        {
            tagKeys.Add(key.Span.ToArray());
        }

        return Task.FromResult(new GatewayKeys(
            [.. tagKeys.Select(static key => System.Collections.Immutable.ImmutableArray.Create(key))],
            [_options.Prefixes.Issuing, .. _options.Prefixes.Former]));
    }

    private static Secret NewToken()
    {
        var text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        return Secret.TryCreate(text, out var secret) ? secret : throw new InvalidOperationException("A new operator token was no secret.");
    }
}
