using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <summary>An operator token, as stored.</summary>
internal sealed record OperatorTokenState : IDurable
{
    /// <summary>The operator it stands for; 0: the token is unknown.</summary>
    public long OperatorId { get; init; }

    public string Username { get; init; } = "";

    public string Name { get; init; } = "";

    public bool IsAdministrator { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? Fault() => OperatorId < 0 ? "a negative operator" : null;
}

/// <summary>One operator token. Keyed by the look-up key of its secret (<see cref="SecretDigest.LookupKeys"/>).</summary>
[Alias("ot.IOperatorTokenGrain")]
internal interface IOperatorTokenGrain : IGrainWithStringKey
{
    /// <summary>Whom it stands for, or null where it is unknown or revoked.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<OperatorPrincipal?> GetAsync();

    /// <summary>Makes it stand for an operator.</summary>
    [Alias("Grant")]
    Task GrantAsync(OperatorPrincipal principal);

    /// <summary>Makes it stand for nobody.</summary>
    [Alias("Revoke")]
    Task RevokeAsync();
}

/// <inheritdoc cref="IOperatorTokenGrain"/>
[GrainType("operator-token")]
internal sealed class OperatorTokenGrain : Grain, IOperatorTokenGrain
{
    private readonly DurableState<OperatorTokenState> _state;
    private readonly TimeProvider _time;

    public OperatorTokenGrain([PersistentState("token")] IPersistentState<OperatorTokenState> storage, TimeProvider time)
    {
        _state = new DurableState<OperatorTokenState>(storage, this);
        _time = time;
    }

    public ValueTask<OperatorPrincipal?> GetAsync()
    {
        var state = _state.Current;
        if (state.OperatorId == 0)
        {
            DeactivateOnIdle(); // Anybody can show any token; those that are none must not fill memory.
        }

        return ValueTask.FromResult(state.OperatorId == 0 || state.RevokedAt is not null
            ? null
            : new OperatorPrincipal(new OperatorId(state.OperatorId), state.Username, state.Name, state.IsAdministrator));
    }

    public Task GrantAsync(OperatorPrincipal principal) => _state.WriteAsync(new OperatorTokenState
    {
        OperatorId = principal.Id.Value,
        Username = principal.Username,
        Name = principal.Name,
        IsAdministrator = principal.IsAdministrator,
    });

    public Task RevokeAsync() => _state.Current.OperatorId == 0 || _state.Current.RevokedAt is not null
        ? Task.CompletedTask
        : _state.WriteAsync(_state.Current with { RevokedAt = _time.GetUtcNow() });
}

/// <summary>Owns the look-up keys of operator tokens, and so can revoke them all. Key 0.</summary>
[Alias("ot.IOperatorTokenOwnerGrain")]
internal interface IOperatorTokenOwnerGrain : IGrainWithIntegerKey
{
    /// <summary>Lets a token be found under the newest master key too, so that the one it was seen under can be taken away.</summary>
    /// <param name="seen">The look-up key under which it was found.</param>
    /// <param name="newest">The look-up key of the same token under the newest master key.</param>
    [Alias("Renew")]
    Task RenewAsync(string seen, string newest);
}

/// <inheritdoc cref="IOperatorDirectoryGrain"/>
[StatelessWorker, GrainType("operator-directory")]
internal sealed class OperatorDirectoryGrain(MasterKeyRing keys) : Grain, IOperatorDirectoryGrain
{
    public async Task<OperatorPrincipal?> AuthenticateAsync(Secret token)
    {
        var lookUps = SecretDigest.LookupKeys(keys, token);
        foreach (var key in lookUps)
        {
            if (await GrainFactory.GetGrain<IOperatorTokenGrain>(key).GetAsync() is { } found)
            {
                if (key != lookUps[0])
                {
                    // Not waited for: whoever is let in must not depend on a write. Where it fails, the next time does it.
                    GrainFactory.GetGrain<IOperatorTokenOwnerGrain>(0).RenewAsync(key, lookUps[0]).Ignore();
                }

                return found;
            }
        }

        return null;
    }
}
