using OrleansTokens.Errors;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>
/// The state of a grain that decisions rest on. It has an age: the time since the start of the read of storage that last confirmed it.
/// </summary>
internal sealed class DurableFact<T> : IGrainMigrationParticipant
    where T : class, IDurable, new()
{
    /// <summary>More is not tried for one question.</summary>
    private const int MaxAttempts = 5;

    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(4);

    private readonly DurableState<T> _state;
    private readonly IPersistentState<T> _storage;
    private readonly FactContext _facts;
    private readonly StoredRecord _record;
    private readonly bool _isReadAgain;
    private Task? _confirming;
    private Task? _writing;
    private Task? _reading;
    private long _confirmedAt;
    private long _knownSince;

    /// <param name="storage">Where the state is.</param>
    /// <param name="grain">Whose state it is.</param>
    /// <param name="facts">How it is confirmed.</param>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="isReadAgain">Whether a state that somebody else has changed may be read again while the grain works; otherwise the
    /// activation goes, since its changes take several steps.</param>
    public DurableFact(IPersistentState<T> storage, IGrainBase grain, FactContext facts, string stateName, bool isReadAgain)
    {
        _state = new DurableState<T>(storage, grain);
        _storage = storage;
        _facts = facts;
        _record = new StoredRecord(grain.GrainContext.GrainId, stateName);
        _isReadAgain = isReadAgain;

        // The state is read after this, and before anything else is done.
        _confirmedAt = facts.Clock.Now;
        grain.GrainContext.ObservableLifecycle.AddMigrationParticipant(this);
    }

    /// <inheritdoc cref="DurableState{T}.Current"/>
    public T Current
    {
        get
        {
            if (_knownSince == 0)
            {
                _knownSince = _facts.Clock.Now;
                _confirmedAt = Holds(LeaseProtection.ReadStart) ? _confirmedAt : _knownSince;
            }

            return _state.Current;
        }
    }

    /// <summary>When the read, or write, began that last confirmed the state.</summary>
    public long ConfirmedAt => _confirmedAt;

    /// <summary>A moment at which the state was known to be durable.</summary>
    public long KnownSince
    {
        get
        {
            _ = Current;
            return _knownSince;
        }
    }

    /// <summary>For how long somebody may still go by what was before the state as it is.</summary>
    public TimeSpan Settling =>
        TimeSpan.FromTicks(Math.Max(0, KnownSince + _facts.Agreement.Longest.Ticks - _facts.Clock.Now));

    void IGrainMigrationParticipant.OnDehydrate(IDehydrationContext dehydrationContext)
    {
        // Where it goes, its age cannot be told.
    }

    void IGrainMigrationParticipant.OnRehydrate(IRehydrationContext rehydrationContext) =>
        _confirmedAt = long.MinValue / 2; // It came from another activation, and was not read.

    /// <summary>Whether the state is fresh enough. Where it will soon not be, it is confirmed ahead of need.</summary>
    public bool IsFresh(Freshness freshness, long now)
    {
        _ = Current;
        if (!freshness.Accepts(_confirmedAt, now))
        {
            return false;
        }

        if (now - _confirmedAt > _facts.Options.ConfirmAfter.Ticks && freshness.MaxAge > TimeSpan.Zero)
        {
            Confirm().Ignore();
        }

        return true;
    }

    /// <summary>Makes the state fresh enough.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: it cannot be confirmed.</exception>
    public ValueTask ConfirmAsync(Freshness freshness) =>
        IsFresh(freshness, _facts.Clock.Now) ? default : new ValueTask(ConfirmUntilAsync(freshness));

    /// <inheritdoc cref="DurableState{T}.WriteAsync"/>
    public async Task WriteAsync(T next)
    {
        if (!await TryWriteAsync(next))
        {
            throw _state.Lose();
        }
    }

    /// <inheritdoc cref="DurableState{T}.TryWriteAsync"/>
    public async Task<bool> TryWriteAsync(T next)
    {
        _ = Current;
        if (_reading is { } reading)
        {
            // What is to be written was made of what turns out to have been changed.
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return false;
        }

        var start = _facts.Clock.Now;
        var writing = _state.TryWriteAsync(next);
        _writing = writing;
        try
        {
            if (!await writing)
            {
                return false;
            }

            // What was written is what was there from some moment after the start on.
            _confirmedAt = start;
            _knownSince = Holds(LeaseProtection.WaitFromSuccess) ? _facts.Clock.Now : start;
            return true;
        }
        finally
        {
            _writing = null;
        }
    }

    /// <summary>Takes the state from storage anew. Not to be called while a write is under way.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable.</exception>
    public Task ReadAsync() => _reading ??= ReadOnceAsync();

    private async Task ReadOnceAsync()
    {
        await Task.Yield(); // So that this is known to be under way before it can end.
        var start = _facts.Clock.Now;
        try
        {
            await _state.ReadAsync().WaitAsync(ReadTimeout, _facts.Time);
            _knownSince = _facts.Clock.Now;
            _confirmedAt = Holds(LeaseProtection.ReadStart) ? start : _knownSince;
        }
        catch (TimeoutException)
        {
            throw _state.Lose(); // Nobody can know any more what it will still put in place of what is known.
        }
        finally
        {
            _reading = null;
        }
    }

    private bool Holds(LeaseProtection protection) => _facts.Options.Protections.Hold(protection);

    private async Task ConfirmUntilAsync(Freshness freshness)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await Confirm();
            if (freshness.Accepts(_confirmedAt, _facts.Clock.Now))
            {
                return;
            }
        }

        throw TokenAuthorityException.Unavailable($"The state of {_record.Grain} could not be confirmed in time.");
    }

    /// <summary>The confirmation that is under way, or a new one.</summary>
    private Task Confirm()
    {
        if (_confirming is not { IsCompleted: false })
        {
            _confirming = ConfirmOnceAsync();
        }

        return _confirming;
    }

    private async Task ConfirmOnceAsync()
    {
        if ((_writing ?? _reading) is { } earlier)
        {
            await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        var etag = _storage.Etag;
        try
        {
            var found = await _facts.Confirmer.ReadAsync(_record);
            if (_writing is not null || _storage.Etag != etag)
            {
                return; // A write, or a read, has come between: it says itself how it ended.
            }

            if (found.ETag == etag)
            {
                _confirmedAt = Math.Max(_confirmedAt, Holds(LeaseProtection.ReadStart) ? found.ReadStart : _facts.Clock.Now);
                return;
            }
        }
        catch (TokenAuthorityException) when (!Holds(LeaseProtection.FailureConfirmsNothing))
        {
            _confirmedAt = _facts.Clock.Now;
            return;
        }

        if (!_isReadAgain)
        {
            throw _state.Lose();
        }

        await ReadAsync();
    }
}
