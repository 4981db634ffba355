using System.Collections.Concurrent;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Client.Leases;

/// <summary>
/// What was told of tokens: nothing of an older epoch is used, whether it is kept or still on its way. Forgotten when everything older has
/// ended anyway; usually there is nothing, and then asking costs nothing.
/// </summary>
/// <param name="capacity">Of how many tokens it knows at most.</param>
internal sealed class ToldEpochs(int capacity)
{
    /// <summary>Of so many tokens, where hundreds are revoked each second: a megabyte.</summary>
    public const int DefaultCapacity = 10_000;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<TokenId, Told> _told = new();
    private readonly Queue<(TokenId Token, long Until)> _order = new();
    private int _count;
    private long _forgetAt;

    /// <summary>Whether an epoch of a token may be used as far as is known.</summary>
    public bool Believes(TokenId token, long epoch) =>
        Volatile.Read(ref _count) == 0 || !_told.TryGetValue(token, out var told) || epoch >= told.Epoch;

    /// <summary>Forgets what need not be known any more, where there is something.</summary>
    public void ForgetOld(long now)
    {
        if (Volatile.Read(ref _count) == 0 || now < Volatile.Read(ref _forgetAt) || !_lock.TryEnter())
        {
            return;
        }

        try
        {
            RemoveOld(now);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Remembers what was told. What is told again holds for longer, and its epoch never becomes less.</summary>
    /// <param name="token">The token.</param>
    /// <param name="epoch">Nothing older of it is believed.</param>
    /// <param name="now">The reading of the clock.</param>
    /// <param name="remember">For how long.</param>
    /// <returns>False where there is no room: then everything has to be dropped, whose ever it is.</returns>
    public bool TryRemember(TokenId token, long epoch, long now, TimeSpan remember)
    {
        lock (_lock)
        {
            RemoveOld(now);
            var until = now + Math.Max(0, remember.Ticks);
            if (_told.TryGetValue(token, out var known))
            {
                _told[token] = new Told(Math.Max(known.Epoch, epoch), Math.Max(known.Until, until));
                return true;
            }

            if (_count >= capacity)
            {
                return false;
            }

            _told[token] = new Told(epoch, until);
            _order.Enqueue((token, until));
            Volatile.Write(ref _forgetAt, _order.Peek().Until);
            Volatile.Write(ref _count, _count + 1);
            return true;
        }
    }

    /// <summary>Forgets everything. Only after everything was dropped.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _told.Clear();
            _order.Clear();
            Volatile.Write(ref _count, 0);
        }
    }

    /// <summary>They end about in the order in which they were told; what was told again meanwhile waits once more.</summary>
    private void RemoveOld(long now)
    {
        while (_order.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _order.Dequeue();
            var until = _told[oldest.Token].Until;
            if (until > now)
            {
                _order.Enqueue((oldest.Token, until));
            }
            else
            {
                _told.TryRemove(oldest.Token, out _);
                Volatile.Write(ref _count, _count - 1);
            }
        }

        Volatile.Write(ref _forgetAt, _order.TryPeek(out var next) ? next.Until : long.MaxValue);
    }

    /// <summary>What was told of a token.</summary>
    /// <param name="Epoch">Nothing older is believed.</param>
    /// <param name="Until">From then on everything older has ended.</param>
    private readonly record struct Told(long Epoch, long Until);
}
