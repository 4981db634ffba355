using System.Numerics;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Leases;

/// <summary>
/// Leases by key, never more than a number of them: a hash table whose readers take no lock, and whose entries are the leases themselves.
/// Where there is no room, one that has ended goes, or else one that was not used since a hand passed over it (the CLOCK algorithm). New
/// ones count as unused, so that a flood of questions that are asked once does not drive out what is in use.
/// </summary>
/// <remarks>It cannot be emptied: whoever wants that takes another table. An answer that was asked for under the old one stays there.</remarks>
internal sealed class LeaseTable
{
    private const int MinBuckets = 16;
    private const int MaxLocks = 64;
    private const int SweptPerAdd = 2;

    /// <summary>So many leases that are in use are passed over before one of them goes all the same.</summary>
    private const int MaxSpared = 32;

    /// <summary>Of so many leases one principal is known to be shared: a token is used for a few things.</summary>
    private const int LeasesPerShared = 2;

    private const int MaxSharedPlaces = 64 * 1024;

    private readonly int _capacity;
    private readonly ClientMetrics _metrics;
    private readonly Lease?[] _buckets;
    private readonly Lock[] _locks;
    private readonly SharedValues<Decision> _decisions;
    private readonly SharedValues<Principal> _principals;
    private readonly SharedValues<LocatedProject> _projects;
    private readonly SharedValues<LocatedGroup> _groups;
    private int _count;
    private uint _hand;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">The most leases; at least 1.</param>
    /// <param name="metrics">Counts those that have to go for others.</param>
    public LeaseTable(int capacity, ClientMetrics metrics)
    {
        _capacity = capacity;
        _metrics = metrics;
        var buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, MinBuckets));
        _buckets = new Lease?[buckets];
        _locks = new Lock[Math.Min(buckets, MaxLocks)];
        for (var i = 0; i < _locks.Length; i++)
        {
            _locks[i] = new Lock();
        }

        _decisions = new SharedValues<Decision>(buckets / LeasesPerShared);
        _principals = new SharedValues<Principal>(buckets / LeasesPerShared);
        _projects = new SharedValues<LocatedProject>(Math.Min(buckets / LeasesPerShared, MaxSharedPlaces));
        _groups = new SharedValues<LocatedGroup>(Math.Min(buckets / LeasesPerShared, MaxSharedPlaces));
    }

    /// <summary>How many leases there are, some of which have ended.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The lease of a key, whether or not it may still be used.</summary>
    public Lease? Find(UInt128 key)
    {
        var lease = Volatile.Read(ref _buckets[BucketOf(key)]);
        while (lease is not null && lease.Key != key)
        {
            lease = Volatile.Read(ref lease.Next);
        }

        return lease;
    }

    /// <summary>Keeps a lease, in place of an older one of its key.</summary>
    /// <param name="lease">The lease; nobody else knows it yet.</param>
    /// <param name="asked">When its question was asked.</param>
    /// <param name="now">What has ended by then may go.</param>
    public void Add(Lease lease, long asked, long now)
    {
        Share(lease);
        if (!TryPut(lease, asked, insert: false) && TryReserve(now) && !TryPut(lease, asked, insert: true))
        {
            Interlocked.Decrement(ref _count);
        }

        for (var i = 0; i < SweptPerAdd; i++)
        {
            Sweep(now, spared: -1);
        }
    }

    /// <summary>Removes the lease of a key where an answer, which is not kept itself, says something newer.</summary>
    public void Remove(Lease newer, long asked)
    {
        var bucket = BucketOf(newer.Key);
        lock (LockOf(bucket))
        {
            ref var link = ref Link(bucket, newer.Key);
            if (link is { } lease && newer.Supersedes(lease, asked))
            {
                Unlink(ref link, lease);
            }
        }
    }

    /// <summary>Replaces the lease of the same key, or inserts one where there is none and there is room for it.</summary>
    /// <returns>Whether there is nothing left to do: it was replaced, or it was inserted, or the one that is there is newer.</returns>
    private bool TryPut(Lease lease, long asked, bool insert)
    {
        var bucket = BucketOf(lease.Key);
        lock (LockOf(bucket))
        {
            ref var link = ref Link(bucket, lease.Key);
            if (link is { } old)
            {
                if (lease.Supersedes(old, asked))
                {
                    lease.Succeed(old);
                    lease.Next = old.Next;
                    Volatile.Write(ref link, lease);
                }

                return !insert;
            }

            if (insert)
            {
                lease.Next = _buckets[bucket];
                Volatile.Write(ref _buckets[bucket], lease);
            }

            return insert;
        }
    }

    /// <summary>Makes room for one more; false where that fails, because others are making room as well.</summary>
    private bool TryReserve(long now)
    {
        if (Interlocked.Increment(ref _count) <= _capacity)
        {
            return true;
        }

        var spared = 0;
        for (var i = 0; i < _buckets.Length + MaxSpared; i++)
        {
            spared = Sweep(now, spared);
            if (Volatile.Read(ref _count) <= _capacity)
            {
                return true;
            }
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Moves the hand on by a bucket: what has ended goes.</summary>
    /// <param name="now">The reading of the clock.</param>
    /// <param name="spared">How many were passed over in search of one that is not in use, which goes too; negative: there is no need for it.</param>
    /// <returns>How many were passed over by now.</returns>
    private int Sweep(long now, int spared)
    {
        var bucket = (int)(Interlocked.Increment(ref _hand) & (uint)(_buckets.Length - 1));
        if (Volatile.Read(ref _buckets[bucket]) is null)
        {
            return spared;
        }

        lock (LockOf(bucket))
        {
            ref var link = ref _buckets[bucket];
            while (link is { } lease)
            {
                var isNeeded = spared >= 0 && Volatile.Read(ref _count) > _capacity;
                if (lease.End <= now)
                {
                    Unlink(ref link, lease);
                    continue;
                }

                if (isNeeded && (!lease.IsReferenced || spared >= MaxSpared))
                {
                    Unlink(ref link, lease);
                    _metrics.Evicted();
                    continue;
                }

                if (isNeeded)
                {
                    lease.Forget();
                    spared++;
                }

                link = ref lease.Next;
            }
        }

        return spared;
    }

    private void Share(Lease lease)
    {
        var decision = lease.Decision;
        var shared = _decisions.Share(decision);
        if (ReferenceEquals(shared, decision))
        {
            _decisions.Put(shared = decision with
            {
                Principal = _principals.ShareOrPut(decision.Principal),
                Resource = _projects.ShareOrPut(decision.Resource),
                Group = _groups.ShareOrPut(decision.Group),
            });
        }

        lease.Share(shared);
    }

    /// <summary>Readers that are at the lease find their way on: it goes on pointing at what comes after it.</summary>
    private void Unlink(ref Lease? link, Lease lease)
    {
        Volatile.Write(ref link, lease.Next);
        Interlocked.Decrement(ref _count);
    }

    /// <summary>Where the lease of a key hangs, or would hang. Under the lock of its bucket.</summary>
    private ref Lease? Link(int bucket, UInt128 key)
    {
        ref var link = ref _buckets[bucket];
        while (link is { } lease && lease.Key != key)
        {
            link = ref lease.Next;
        }

        return ref link;
    }

    private int BucketOf(UInt128 key) => (int)((ulong)key & (uint)(_buckets.Length - 1));

    private Lock LockOf(int bucket) => _locks[bucket & (_locks.Length - 1)];
}
