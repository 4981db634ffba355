using Orleans.Concurrency;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <summary>Where a secret leads, as stored.</summary>
internal sealed record OperatorTokenState : IDurable
{
    /// <summary>The operator whose token it is; 0: the secret is unknown.</summary>
    public long OperatorId { get; init; }

    /// <summary>The token; 0 for the administrator's, as it was before tokens had ids.</summary>
    public long TokenId { get; init; }

    /// <summary>It leads nowhere any more. Only ever set before tokens had ids.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    public string? Fault() => OperatorId < 0 || TokenId < 0 ? "a negative number" : null;
}

/// <summary>The token that a secret is of.</summary>
/// <param name="Operator">Whose token it is; none where the secret is unknown.</param>
/// <param name="Token">The token.</param>
[GenerateSerializer, Immutable, Alias("ot.OperatorTokenPlace")]
internal readonly record struct OperatorTokenPlace([property: Id(0)] OperatorId Operator, [property: Id(1)] OperatorTokenId Token);

/// <summary>
/// Leads from a secret to the operator token that it is of. Keyed by a look-up key of the secret (<see cref="SecretDigest.LookupKeys"/>).
/// Whether the token is alive is for its operator's grain to say.
/// </summary>
[Alias("ot.IOperatorTokenGrain")]
internal interface IOperatorTokenGrain : IGrainWithStringKey
{
    /// <summary>The token that the secret is of.</summary>
    [AlwaysInterleave, Alias("Find")]
    ValueTask<OperatorTokenPlace> FindAsync();

    /// <summary>Lets the secret lead to a token. May be repeated.</summary>
    [Alias("Lead")]
    Task LeadAsync(OperatorTokenPlace place);

    /// <summary>Lets the secret lead nowhere. May be repeated.</summary>
    [Alias("Forget")]
    Task ForgetAsync();
}

/// <inheritdoc cref="IOperatorTokenGrain"/>
[GrainType("operator-token")]
internal sealed class OperatorTokenGrain : Grain, IOperatorTokenGrain
{
    private readonly DurableState<OperatorTokenState> _state;

    public OperatorTokenGrain([PersistentState("token")] IPersistentState<OperatorTokenState> storage) =>
        _state = new DurableState<OperatorTokenState>(storage, this);

    public ValueTask<OperatorTokenPlace> FindAsync()
    {
        var state = _state.Current;
        if (state.OperatorId == 0)
        {
            DeactivateOnIdle(); // Anybody can show any token; those that are none must not fill memory.
        }

        return ValueTask.FromResult(state.OperatorId == 0 || state.RevokedAt is not null
            ? default
            : new OperatorTokenPlace(new OperatorId(state.OperatorId), new OperatorTokenId(state.TokenId)));
    }

    public Task LeadAsync(OperatorTokenPlace place)
    {
        var next = new OperatorTokenState { OperatorId = place.Operator.Value, TokenId = place.Token.Value };
        return _state.Current == next ? Task.CompletedTask : _state.WriteAsync(next);
    }

    public Task ForgetAsync() => _state.Current.OperatorId == 0 || _state.Current.RevokedAt is not null
        ? Task.CompletedTask
        : _state.WriteAsync(new OperatorTokenState());
}
