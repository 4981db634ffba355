using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Leases;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Leases;

/// <summary>Asks the authority about something that is not known, or not for long any more.</summary>
/// <param name="questions">What is asked.</param>
/// <param name="lessee">Who keeps the answer; null: nobody.</param>
/// <param name="renewal">Whether there still is an answer.</param>
internal delegate Task<Answered> AskAuthority(ImmutableArray<Question> questions, ILeaseObserver? lessee, bool renewal);

/// <summary>What the authority answered.</summary>
/// <param name="Answer">The decisions, and for how long they may be used.</param>
/// <param name="Attachment">What it answered besides; null where that is all.</param>
internal readonly record struct Answered(ValidationAnswer Answer, object? Attachment = null);

/// <summary>
/// Decisions that may be used for a while, by the rules of leases. A decision is used while its lease lasts, counted from when its question
/// was sent; while nothing newer was told of its token; and while there has been a connection over which that can be told.
/// </summary>
/// <remarks>
/// The table stands for everything that was asked since it was last empty: a question belongs to the table that there is when it is sent.
/// To drop everything, answers on their way included, is to take another table.
/// </remarks>
internal sealed class LeasedDecisions : ILeaseObserver
{
    /// <summary>So many renewals at once keep an authority busy, and are a fraction of what it answers.</summary>
    internal const int MaxRenewals = 128;

    private const int MaxAttempts = 3;

    private readonly GridCalls _calls;
    private readonly LeaseClock _clock;
    private readonly ClientMetrics _metrics;
    private readonly int _capacity;
    private readonly ToldEpochs _told;
    private readonly LesseeReference _lessee;
    private readonly bool _countsFromSending;
    private readonly bool _checksEachUse;
    private readonly bool _remembersWhatItWasTold;
    private LeaseTable? _table;
    private int _renewing;

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="calls">Reaches the authority.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="loss">Says when there is no connection.</param>
    /// <param name="clock">Counts leases.</param>
    /// <param name="metrics">Counts what happens.</param>
    /// <param name="maxTold">Of how many dead tokens it knows at once.</param>
    /// <param name="maxKept">How much is kept at most, where that is less than the options say; null: as they say.</param>
    public LeasedDecisions(
        GridCalls calls, DeployTokenClientOptions options, ConnectionLoss loss, LeaseClock clock, ClientMetrics metrics,
        int maxTold = ToldEpochs.DefaultCapacity, int? maxKept = null)
    {
        _calls = calls;
        _clock = clock;
        _metrics = metrics;
        _capacity = Math.Min(options.MaxCachedDecisions, maxKept ?? int.MaxValue);
        _told = new ToldEpochs(maxTold);
        _lessee = new LesseeReference(this);
        _table = _capacity == 0 ? null : new LeaseTable(_capacity, metrics);
        _countsFromSending = options.Protections.Hold(LeaseProtection.SendTime);
        _checksEachUse = options.Protections.Hold(LeaseProtection.CheckEachUse);
        _remembersWhatItWasTold = options.Protections.Hold(LeaseProtection.LesseeRemembers);
        if (maxKept is null)
        {
            metrics.Observe(() => Volatile.Read(ref _table));
        }

        if (!options.KeepLeasesWhileDisconnected)
        {
            loss.Lost += DropForLoss;
        }
    }

    /// <summary>Whether anything is kept at all.</summary>
    public bool IsKeeping => _capacity > 0;

    /// <summary>Finds a lease that may be used now. Allocates nothing.</summary>
    /// <param name="key">See <see cref="DecisionKey"/>.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="isDue">Whether the caller is to see to its renewal: it is the only one that is told so.</param>
    public bool TryUse(UInt128 key, [NotNullWhen(true)] out Lease? lease, out bool isDue)
    {
        var table = Volatile.Read(ref _table);
        lease = table?.Find(key);
        if (lease is null || !IsUsable(lease, table, out var now))
        {
            isDue = false;
            return false;
        }

        lease.Touch();
        _metrics.Hit();
        isDue = lease.IsDue(now) && TryBeginRenewal(lease);
        return true;
    }

    /// <summary>Decides questions about one token, from memory where it can be and otherwise by asking, at once for all.</summary>
    /// <param name="token">The token; none where no credential was shown.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="keys">Their keys; null for those whose answers are not kept.</param>
    /// <param name="ask">Asks the authority.</param>
    /// <exception cref="TokenAuthorityException">What there is to answer is not to be believed any more, again and again.</exception>
    public async Task<ImmutableArray<Decision>> DecideAsync(
        TokenId token, ImmutableArray<Question> questions, UInt128?[] keys, AskAuthority ask) =>
        [.. (await FindAsync(token, questions, keys, ask)).Select(static lease => lease!.Decision)];

    /// <summary>The same, with all that was answered.</summary>
    public async Task<Lease?[]> FindAsync(TokenId token, ImmutableArray<Question> questions, UInt128?[] keys, AskAuthority ask)
    {
        var leases = new Lease?[questions.Length];
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var table = Volatile.Read(ref _table);
            var missing = FindUsable(table, keys, leases);
            _metrics.Missed(missing.Count);
            if (missing.Count > 0)
            {
                var lessee = await FindLesseeAsync();
                table = Volatile.Read(ref _table);
                var sent = _clock.Now;
                var answer = await ask(Pick(questions, missing), lessee, renewal: false);
                table = TableOf(table);
                Take(table, token, answer, sent, missing, keys, leases);
            }

            if (Array.TrueForAll(leases, lease => IsUsable(lease!, table, out _)))
            {
                return leases;
            }
        }

        throw TokenAuthorityException.Unavailable("What the authority answered was outdated before it came.");
    }

    /// <summary>The decisions of an answer: as many as were asked for.</summary>
    /// <exception cref="TokenAuthorityException">There are more, or less: unavailable.</exception>
    public static ImmutableArray<Decision> DecisionsOf(ValidationAnswer answer, int asked) =>
        !answer.Decisions.IsDefault && answer.Decisions.Length == asked
            ? answer.Decisions
            : throw TokenAuthorityException.Unavailable("The authority answered something else than it was asked.");

    /// <summary>Renews a lease in the background. How that ends matters to nobody: the lease just ends, or there is another.</summary>
    /// <param name="lease">A lease of which <see cref="TryUse"/> said that it is due.</param>
    /// <param name="question">Its question.</param>
    /// <param name="ask">Asks the authority.</param>
    public void Renew(Lease lease, Question question, AskAuthority ask) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => RenewAsync(lease, question, ask).Ignore(), null);

    /// <inheritdoc/>
    public Task RevokedAsync(TokenId token, long epoch, TimeSpan remember)
    {
        _metrics.Told();
        if (!_remembersWhatItWasTold)
        {
            Drop();
        }
        else if (!_told.TryRemember(token, epoch, _clock.Now, remember))
        {
            _metrics.Flooded(Drop());
            _told.Clear();
        }

        // Whoever sees this completed, and uses something after, sees what was remembered.
        Interlocked.MemoryBarrier();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whether a lease may be used. What was told is looked at before the clock: it is forgotten only when the clock ends all that is older.
    /// Whether everything was dropped is looked at after what was told, which is forgotten then, too.
    /// </summary>
    private bool IsUsable(Lease lease, LeaseTable? table, out long now)
    {
        var isBelieved = _told.Believes(lease.Token, lease.Epoch) && ReferenceEquals(Volatile.Read(ref _table), table);
        now = _clock.Now;
        _told.ForgetOld(now);
        return isBelieved && (!_checksEachUse || now < lease.End);
    }

    private bool TryBeginRenewal(Lease lease)
    {
        if (Volatile.Read(ref _renewing) >= MaxRenewals)
        {
            _metrics.RenewalSkipped();
            return false;
        }

        if (!lease.TryBeginRenewal())
        {
            return false;
        }

        Interlocked.Increment(ref _renewing);
        return true;
    }

    private async Task RenewAsync(Lease lease, Question question, AskAuthority ask)
    {
        try
        {
            await _calls.RunAsync(() => AskAgainAsync(lease, question, ask), CancellationToken.None);
            _metrics.Renewed();
        }
        catch (TokenAuthorityException)
        {
            _metrics.RenewalFailed();
        }
        finally
        {
            Interlocked.Decrement(ref _renewing);
        }
    }

    private async Task<bool> AskAgainAsync(Lease lease, Question question, AskAuthority ask)
    {
        var lessee = await FindLesseeAsync();
        var table = Volatile.Read(ref _table);
        var sent = _clock.Now;
        var answer = await ask([question], lessee, renewal: true);
        Take(TableOf(table), lease.Token, answer, sent, [0], [lease.Key], new Lease?[1]);
        return true;
    }

    /// <summary>Where an answer belongs whose question belonged to a table.</summary>
    private LeaseTable? TableOf(LeaseTable? asked) => _remembersWhatItWasTold ? asked : Volatile.Read(ref _table);

    private async ValueTask<ILeaseObserver?> FindLesseeAsync()
    {
        if (!IsKeeping)
        {
            return null;
        }

        var (lessee, isAnother) = await _lessee.GetAsync(_calls.Grains);
        if (isAnother)
        {
            // Who gave leases to the former one cannot reach it any more.
            DropForLoss();
        }

        return lessee;
    }

    private List<int> FindUsable(LeaseTable? table, UInt128?[] keys, Lease?[] leases)
    {
        var missing = new List<int>();
        for (var i = 0; i < keys.Length; i++)
        {
            leases[i] = keys[i] is { } key && table?.Find(key) is { } lease && IsUsable(lease, table, out _) ? lease : null;
            if (leases[i] is null)
            {
                missing.Add(i);
            }
        }

        return missing;
    }

    /// <summary>Takes an answer in: it is kept where it may be, and otherwise nothing older is kept of the same question.</summary>
    private void Take(
        LeaseTable? table, TokenId token, Answered answered, long sent, List<int> asked, UInt128?[] keys, Lease?[] leases)
    {
        var (answer, attachment) = answered;
        var decisions = DecisionsOf(answer, asked.Count);
        var now = _clock.Now;
        var from = _countsFromSending ? sent : now;
        for (var i = 0; i < decisions.Length; i++)
        {
            var key = keys[asked[i]];
            var lease = Lease.Of(key ?? default, decisions[i], token, answer, from, attachment);
            leases[asked[i]] = lease;
            if (table is null || key is null)
            {
                continue;
            }

            if (!lease.IsKept)
            {
                table.Remove(lease, sent);
            }
            else if (IsUsable(lease, table, out now))
            {
                table.Add(lease, sent, now);
            }
        }
    }

    private static ImmutableArray<Question> Pick(ImmutableArray<Question> questions, List<int> chosen) =>
        chosen.Count == questions.Length ? questions : [.. chosen.Select(i => questions[i])];

    private void DropForLoss() => _metrics.Disconnected(Drop());

    /// <summary>Drops everything, answers on their way included; says how much was kept.</summary>
    private int Drop()
    {
        if (!IsKeeping)
        {
            return 0;
        }

        var dropped = Interlocked.Exchange(ref _table, new LeaseTable(_capacity, _metrics))!;
        return dropped.Count;
    }
}
