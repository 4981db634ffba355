namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>What a grain asks of the outside.</summary>
public enum StepKind
{
    ReadState,
    WriteState,
    WriteIndex,
    ReadIndex,
}

/// <summary>One call that a grain made to storage or index: the <paramref name="Nth"/> of its kind at grains of this type.</summary>
public sealed record GridStep(StepKind Kind, string GrainType, int Nth)
{
    public override string ToString() => $"{Kind} of {GrainType} no. {Nth}";
}

/// <summary>How a step fails.</summary>
public enum FaultMode
{
    /// <summary>It reports failure and did nothing.</summary>
    NotApplied,

    /// <summary>It reports failure, and did what it was to do.</summary>
    Applied,

    /// <summary>Power goes before it: it, and every step after it, does nothing.</summary>
    PowerCutBefore,

    /// <summary>Power goes after it: every step after it does nothing.</summary>
    PowerCutAfter,
}

/// <summary>What the outside reports when it fails.</summary>
public sealed class InjectedFaultException() : IOException("Injected.");

/// <summary>A step that was held up.</summary>
public sealed class Held
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a grain has come to the step.</summary>
    public Task Reached => _reached.Task.WaitAsync(Patience.Limit, TimeProvider.System);

    /// <summary>Lets the step go on, or fail without having done anything.</summary>
    public void Release(bool fail = false) => _released.TrySetResult(fail);

    internal async Task WaitAsync()
    {
        _reached.TrySetResult();
        if (await _released.Task)
        {
            throw new InjectedFaultException();
        }
    }
}

/// <summary>Sees every step of the grains, and makes chosen ones fail or wait. Storage and index share one.</summary>
public sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(StepKind, string), int> _counts = [];
    private readonly List<GridStep> _steps = [];
    private readonly List<(Func<GridStep, bool> When, Held Held)> _holds = [];
    private Func<GridStep, bool> _fails = static _ => false;
    private FaultMode _mode;
    private bool _once;
    private bool _dead;
    private bool _happened;

    /// <summary>Whether the armed fault has come about.</summary>
    public bool Happened
    {
        get
        {
            lock (_lock)
            {
                return _happened;
            }
        }
    }

    /// <summary>The steps since counting began.</summary>
    public IReadOnlyList<GridStep> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _steps];
            }
        }
    }

    /// <summary>Begins to count anew, without faults.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _counts.Clear();
            _steps.Clear();
            _holds.Clear();
            _fails = static _ => false;
            _once = _dead = _happened = false;
        }
    }

    /// <summary>Begins to count anew; this one step fails.</summary>
    public void FailOnce(GridStep step, FaultMode mode)
    {
        Clear();
        Arm(step.Equals, mode, once: true);
    }

    /// <summary>Begins to count anew; every step fails that fits.</summary>
    public void FailAll(Func<GridStep, bool> when, FaultMode mode = FaultMode.NotApplied)
    {
        Clear();
        Arm(when, mode, once: false);
    }

    /// <summary>Begins to count anew; the first step that fits waits.</summary>
    public Held Hold(Func<GridStep, bool> when)
    {
        Clear();
        return HoldAlso(when);
    }

    /// <summary>The first step that fits waits, too.</summary>
    public Held HoldAlso(Func<GridStep, bool> when)
    {
        var held = new Held();
        lock (_lock)
        {
            _holds.Add((when, held));
        }

        return held;
    }

    /// <summary>Runs a step, or not, as was chosen.</summary>
    public async Task<T> RunAsync<T>(StepKind kind, string grainType, Func<T> apply)
    {
        await Task.Yield();
        if (Enter(kind, grainType) is { } held)
        {
            await held.WaitAsync();
        }

        lock (_lock)
        {
            var step = new GridStep(kind, grainType, _counts[(kind, grainType)]);
            if (_dead)
            {
                throw new InjectedFaultException();
            }

            if (!_fails(step) || (_once && _happened))
            {
                return apply();
            }

            _happened = true;
            if (_mode is FaultMode.Applied or FaultMode.PowerCutAfter)
            {
                apply();
            }

            _dead = _mode is FaultMode.PowerCutAfter or FaultMode.PowerCutBefore;
            throw new InjectedFaultException();
        }
    }

    private Held? Enter(StepKind kind, string grainType)
    {
        lock (_lock)
        {
            var nth = _counts.GetValueOrDefault((kind, grainType)) + 1;
            _counts[(kind, grainType)] = nth;
            var step = new GridStep(kind, grainType, nth);
            _steps.Add(step);
            var at = _holds.FindIndex(h => h.When(step));
            if (at < 0)
            {
                return null;
            }

            var held = _holds[at].Held;
            _holds.RemoveAt(at);
            return held;
        }
    }

    private void Arm(Func<GridStep, bool> when, FaultMode mode, bool once)
    {
        lock (_lock)
        {
            (_fails, _mode, _once) = (when, mode, once);
        }
    }
}
