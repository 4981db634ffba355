using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Leases;

/// <summary>
/// The right to use a decision for a while. Its fields are those of the table's entries too: one object for each decision that is kept.
/// </summary>
/// <param name="key">See <see cref="DecisionKey"/>.</param>
/// <param name="decision">What was decided.</param>
/// <param name="token">About which token; none where no credential was shown.</param>
/// <param name="epoch">On which epoch of its record it rests.</param>
internal sealed class Lease(UInt128 key, Decision decision, TokenId token, long epoch)
{
    /// <summary>The longest lease that is believed: no authority gives longer ones.</summary>
    public static readonly TimeSpan MaxLength = TimeSpan.FromSeconds(60);

    private const int Referenced = 1;
    private const int Renewing = 2;

    // In halves: as a whole it would be laid out with a gap.
    private readonly ulong _upper = (ulong)(key >> 64);
    private readonly ulong _lower = (ulong)key;
    private int _state;
    private int _halfLife;

    /// <summary>The next entry of the same bucket.</summary>
    public Lease? Next;

    public UInt128 Key => new(_upper, _lower);

    public Decision Decision { get; private set; } = decision;

    public TokenId Token { get; } = token;

    public long Epoch { get; } = epoch;

    /// <summary>What was answered besides the decision; null where that is all.</summary>
    public object? Attachment { get; private init; }

    /// <summary>From this reading of the clock on it is used no more. The largest number: it is used once, and never kept.</summary>
    public long End { get; private init; } = long.MaxValue;

    public bool IsKept => _halfLife > 0;

    /// <summary>Whether it was used since the table last looked.</summary>
    public bool IsReferenced => (Volatile.Read(ref _state) & Referenced) != 0;

    /// <summary>The lease that an answer gives.</summary>
    /// <param name="key">See <see cref="DecisionKey"/>.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="token">About which token.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="from">The reading of the clock from which it is counted.</param>
    /// <param name="attachment">What was answered besides.</param>
    public static Lease Of(UInt128 key, Decision decision, TokenId token, ValidationAnswer answer, long from, object? attachment)
    {
        var length = Math.Min(answer.UsableFor.Ticks, MaxLength.Ticks);
        return length <= 0
            ? new Lease(key, decision, token, answer.Epoch) { Attachment = attachment }
            : new Lease(key, decision, token, answer.Epoch)
            {
                Attachment = attachment,
                End = from + length,
                _halfLife = (int)((length + 1) / 2),
            };
    }

    /// <summary>Whether it is more than half through its life.</summary>
    public bool IsDue(long now) => now > End - _halfLife;

    /// <summary>Notes that it was used. Written only where it is news: all that use it at once share the memory.</summary>
    public void Touch()
    {
        if ((Volatile.Read(ref _state) & Referenced) == 0)
        {
            Interlocked.Or(ref _state, Referenced);
        }
    }

    public void Forget() => Interlocked.And(ref _state, ~Referenced);

    /// <summary>True for the first that asks: it renews.</summary>
    public bool TryBeginRenewal() =>
        (Volatile.Read(ref _state) & Renewing) == 0 && (Interlocked.Or(ref _state, Renewing) & Renewing) == 0;

    /// <summary>Whether it says later what another says of the same question: from a newer record, or asked later.</summary>
    public bool Supersedes(Lease other, long asked) =>
        Epoch != other.Epoch ? Epoch > other.Epoch : asked >= other.End - (2L * other._halfLife);

    /// <summary>
    /// Takes over from the lease that it replaces whether it is in use, and an equal decision, so that a renewal leaves little behind.
    /// </summary>
    public void Succeed(Lease other)
    {
        _state |= Volatile.Read(ref other._state) & Referenced;
        if (Decision.Equals(other.Decision))
        {
            Decision = other.Decision;
        }
    }

    /// <summary>Has it share a decision that is equal. Before anybody else knows it.</summary>
    public void Share(Decision equal) => Decision = equal;
}
