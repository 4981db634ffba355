using Orleans.Storage;
using OrleansTokens.Errors;

namespace OrleansTokens.Grains.Storage;

/// <summary>The state of a grain: immutable, and able to say whether it can be.</summary>
internal interface IDurable
{
    /// <summary>What is wrong with the state, or null. Looked at after every read and before every write.</summary>
    string? Fault();
}

/// <summary>
/// What a grain knows and storage has. <see cref="Current"/> changes only after storage has taken the new state, so nobody who reads
/// while a write is on its way sees what may yet be lost. After a write whose outcome is not known nothing here is trusted any more:
/// the activation goes, and whoever asks it until then is told that it is unavailable.
/// </summary>
internal sealed class DurableState<T>
    where T : class, IDurable, new()
{
    private readonly IPersistentState<T> _storage;
    private readonly IGrainBase _grain;
    private T? _current;
    private bool _lost;

    public DurableState(IPersistentState<T> storage, IGrainBase grain)
    {
        _storage = storage;
        _grain = grain;
    }

    /// <summary>The state as storage has it.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: it is not known, or cannot be.</exception>
    public T Current => _lost ? throw Lost() : _current ??= Sound(_storage.State);

    /// <summary>Writes; on return the state is durable and current. One write at a time.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: it may or may not have been written. The activation goes.</exception>
    public async Task WriteAsync(T next)
    {
        if (!await TryWriteAsync(next))
        {
            throw Lose();
        }
    }

    /// <summary>Writes; on return the state is durable and current, or, where somebody else has written meanwhile, nothing was written: then
    /// <see cref="Current"/> is what it was, and must be read again before another write. One write at a time.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: it may or may not have been written. The activation goes.</exception>
    public async Task<bool> TryWriteAsync(T next)
    {
        _ = Current; // From here on readers must not take it from where the next state is put.
        _storage.State = Sound(next);
        try
        {
            await _storage.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            return false;
        }
        catch (Exception)
        {
            // What storage threw is in the log of Orleans; it stays here, because not every exception can cross to a caller.
            throw Lose();
        }

        _current = next;
        return true;
    }

    /// <summary>Takes the state from storage anew.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: it could not be read, or cannot be.</exception>
    public async Task ReadAsync()
    {
        _ = Current;
        try
        {
            await _storage.ReadStateAsync();
        }
        catch (Exception)
        {
            throw TokenAuthorityException.Unavailable($"The state of {_grain.GrainContext.GrainId} could not be read.");
        }

        _current = Sound(_storage.State);
    }

    /// <summary>Trusts nothing any more: the activation goes.</summary>
    public TokenAuthorityException Lose()
    {
        _lost = true;
        _grain.DeactivateOnIdle();
        return TokenAuthorityException.Unavailable("The change could not be stored, or it is not known whether it was.");
    }

    private T Sound(T state) => state.Fault() is { } fault
        ? throw TokenAuthorityException.Unavailable($"The state of {_grain.GrainContext.GrainId} cannot be: {fault}")
        : state;

    private TokenAuthorityException Lost() =>
        TokenAuthorityException.Unavailable($"The state of {_grain.GrainContext.GrainId} is not known after a failed write.");
}
