using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization.Invocation;
using Orleans.Storage;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>A state that is one word.</summary>
internal sealed record Word(string Text) : IDurable
{
    public Word()
        : this("")
    {
    }

    public string? Fault() => null;
}

/// <summary>The one fact of one grain, and its storage, without a silo around them. All time is a test's.</summary>
internal sealed class FactGrid : IGrainContext, IGrainLifecycle
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private readonly List<IGrainMigrationParticipant> _participants = [];

    public FactGrid()
    {
        var clock = LeaseClock.Of(Time);
        var confirmer = new RecordConfirmer(Storage, clock, Time, NullLogger<RecordConfirmer>.Instance);
        var options = new LeaseOptions { Length = Length };
        var agreement = new LeaseAgreement(options, static _ => throw new NotSupportedException(), NullLogger<LeaseAgreement>.Instance);
        Context = new FactContext(options, clock, confirmer, agreement, Time);
        Fact = new DurableFact<Word>(Storage, new Owner(this), Context, "word", isReadAgain: true);
    }

    public FakeTimeProvider Time { get; } = new();

    public WordStorage Storage { get; } = new();

    public FactContext Context { get; }

    public DurableFact<Word> Fact { get; }

    /// <summary>Whether the activation is to go.</summary>
    public bool IsGoing { get; private set; }

    /// <summary>Whether the fact may be used as a decision would, without asking storage.</summary>
    public bool IsFresh => Fact.IsFresh(Context.Within(Context.Options.Usable), Context.Clock.Now);

    /// <summary>Makes the activation one that was moved here, with its state.</summary>
    public void Rehydrate() => _participants.ForEach(static p => p.OnRehydrate(null!));

    public GrainId GrainId { get; } = GrainId.Create("word", "1");

    public IGrainLifecycle ObservableLifecycle => this;

    public void AddMigrationParticipant(IGrainMigrationParticipant participant) => _participants.Add(participant);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => IsGoing = true;

    // Nothing else of a grain is used.
    GrainReference IGrainContext.GrainReference => throw new NotSupportedException();

    object IGrainContext.GrainInstance => throw new NotSupportedException();

    ActivationId IGrainContext.ActivationId => throw new NotSupportedException();

    GrainAddress IGrainContext.Address => throw new NotSupportedException();

    IServiceProvider IGrainContext.ActivationServices => throw new NotSupportedException();

    IWorkItemScheduler IGrainContext.Scheduler => throw new NotSupportedException();

    Task IGrainContext.Deactivated => throw new NotSupportedException();

    void IGrainContext.SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    void IGrainContext.ReceiveMessage(object message) => throw new NotSupportedException();

    void IGrainContext.Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    void IGrainContext.Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    void IGrainContext.Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    object ITargetHolder.GetComponent(Type componentType) => throw new NotSupportedException();

    object ITargetHolder.GetTarget() => throw new NotSupportedException();

    bool IEquatable<IGrainContext>.Equals(IGrainContext? other) => ReferenceEquals(this, other);

    void IGrainLifecycle.RemoveMigrationParticipant(IGrainMigrationParticipant participant) => throw new NotSupportedException();

    IDisposable ILifecycleObservable.Subscribe(string observerName, int stage, ILifecycleObserver observer) =>
        throw new NotSupportedException();

    private sealed class Owner(IGrainContext context) : IGrainBase
    {
        public IGrainContext GrainContext { get; } = context;
    }
}

/// <summary>What an activation knows of a record, and the record. Reads of it wait where a test wants that.</summary>
internal sealed class WordStorage : IPersistentState<Word>, IRecordVersions
{
    private readonly Lock _lock = new();
    private readonly Queue<Task> _waits = new();
    private Task _end = Task.CompletedTask;
    private (string Text, int Version) _record = ("first", 1);
    private int _reads;

    public Word State { get; set; } = new("first");

    public string? Etag { get; private set; } = "1";

    public bool RecordExists => true;

    /// <summary>How often the record was read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Somebody else writes the record.</summary>
    public void Overwrite(string text)
    {
        lock (_lock)
        {
            _record = (text, _record.Version + 1);
        }
    }

    /// <summary>The next read that begins finds what there is then, and says so when the test completes what is returned.</summary>
    public TaskCompletionSource HoldNextRead()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Enqueue(hold.Task);
        }

        return hold;
    }

    /// <summary>Reads have put in place what they found, and end when the test completes what is returned.</summary>
    public TaskCompletionSource HoldEndOfReads()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _end = hold.Task;
        return hold;
    }

    public async Task ReadStateAsync()
    {
        (string Text, int Version) found;
        Task wait;
        lock (_lock)
        {
            _reads++;
            found = _record;
            wait = _waits.TryDequeue(out var held) ? held : Task.CompletedTask;
        }

        await wait;
        (State, Etag) = (new Word(found.Text), Version(found.Version));
        await _end;
    }

    public Task WriteStateAsync()
    {
        lock (_lock)
        {
            if (Etag != Version(_record.Version))
            {
                throw new InconsistentStateException("The record has another version.", Version(_record.Version), Etag!);
            }

            _record = (State.Text, _record.Version + 1);
            Etag = Version(_record.Version);
            return Task.CompletedTask;
        }
    }

    public Task ClearStateAsync() => throw new NotSupportedException("No grain clears its state.");

    public ValueTask<IReadOnlyList<string?>> ReadVersionsAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellation)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<string?>>([.. records.Select(_ => Version(_record.Version))]);
        }
    }

    private static string Version(int version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
