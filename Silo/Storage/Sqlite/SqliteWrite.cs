namespace OrleansTokens.Silo.Storage.Sqlite;

/// <summary>One queued write. It is either taken into a group or cancelled, whichever comes first, and never both.</summary>
internal abstract class SqliteWrite(int bytes)
{
    private int _decided;

    /// <summary>About how much it adds to the transaction.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>Whether the caller has heard the outcome.</summary>
    public abstract bool IsAnswered { get; }

    /// <summary>Takes it into a group. False when it was cancelled before.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _decided, 1) == 0;

    /// <summary>Cancels it, unless it is already in a group: from then on only the transaction decides.</summary>
    public void TryCancel(CancellationToken cancellationToken)
    {
        if (TryTake())
        {
            Cancel(cancellationToken);
        }
    }

    /// <summary>Applies it inside the open transaction and keeps its result for <see cref="Acknowledge"/>.</summary>
    public abstract void Apply(SqliteSession session);

    /// <summary>Hands the result to the caller; only after the commit.</summary>
    public abstract void Acknowledge();

    public abstract void Fail(Exception exception);

    protected abstract void Cancel(CancellationToken cancellationToken);
}

/// <inheritdoc cref="SqliteWrite"/>
internal sealed class SqliteWrite<T>(Func<SqliteSession, T> apply, int bytes) : SqliteWrite(bytes)
{
    // Callers continue on threads of their own, never on the writer's.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public override bool IsAnswered => _answer.Task.IsCompleted;

    public override void Apply(SqliteSession session) => _result = apply(session);

    public override void Acknowledge() => _answer.TrySetResult(_result!);

    public override void Fail(Exception exception) => _answer.TrySetException(exception);

    protected override void Cancel(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
