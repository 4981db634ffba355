using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Grains.Ids;

/// <summary>The last id of a sequence that was handed out.</summary>
internal sealed record IdBlockState : IDurable
{
    public long LastId { get; init; }

    public string? Fault() => LastId < 0 ? "the last id is negative" : null;
}

/// <summary>One sequence of ids. Keyed by its name.</summary>
[Alias("ot.IIdBlockGrain")]
internal interface IIdBlockGrain : IGrainWithStringKey
{
    /// <summary>Takes a block of ids, never handed out before or again; says the first.</summary>
    [Alias("Take")]
    Task<long> TakeAsync(int count);
}

/// <inheritdoc cref="IIdBlockGrain"/>
[GrainType("id-block")]
internal sealed class IdBlockGrain : Grain, IIdBlockGrain
{
    private readonly DurableState<IdBlockState> _state;

    public IdBlockGrain([PersistentState("ids")] IPersistentState<IdBlockState> storage) =>
        _state = new DurableState<IdBlockState>(storage, this);

    public async Task<long> TakeAsync(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var last = _state.Current.LastId;
        await _state.WriteAsync(new IdBlockState { LastId = last + count });
        return last + 1;
    }
}
