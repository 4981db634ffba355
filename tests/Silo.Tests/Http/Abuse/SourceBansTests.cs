using System.Net;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Settings;
using OrleansTokens.Silo.Http.Abuse;

namespace OrleansTokens.Silo.Tests.Http.Abuse;

public sealed class SourceBansTests
{
    private static readonly FailureBanSettings Settings = new() { Enabled = true, MaxRetry = 3, FindTimeSeconds = 60, BanTimeSeconds = 600 };
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Fail_AtTheLastOneAllowed_BansForTheWholeTimeAndNoLonger()
    {
        var bans = new SourceBans(_time);
        Assert.False(bans.Fail(Source(1), Settings));
        Assert.False(bans.Fail(Source(1), Settings));
        Assert.Null(bans.RemainingOf(Source(1)));
        Assert.True(bans.Fail(Source(1), Settings));
        Assert.Equal(TimeSpan.FromMinutes(10), bans.RemainingOf(Source(1)));
        Assert.Null(bans.RemainingOf(Source(2)));
        _time.Advance(TimeSpan.FromMinutes(10) - Tick);
        Assert.Equal(Tick, bans.RemainingOf(Source(1)));
        _time.Advance(Tick);
        Assert.Null(bans.RemainingOf(Source(1)));
        Assert.False(bans.Fail(Source(1), Settings)); // It starts anew.
    }

    [Fact]
    public void Fail_OfASourceThatIsBannedAlready_DoesNotProlongTheBan()
    {
        var bans = new SourceBans(_time);
        FailTimes(bans, Source(1), 3);
        _time.Advance(TimeSpan.FromMinutes(5));
        FailTimes(bans, Source(1), 30);
        Assert.Equal(TimeSpan.FromMinutes(5), bans.RemainingOf(Source(1)));
        Assert.Equal(0, bans.Counted);
    }

    [Fact]
    public void Fail_WhenTheFirstOneIsTooLongAgo_CountsAnew()
    {
        var bans = new SourceBans(_time);
        FailTimes(bans, Source(1), 2);
        _time.Advance(TimeSpan.FromMinutes(1));
        FailTimes(bans, Source(1), 2);
        Assert.Null(bans.RemainingOf(Source(1)));
        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.True(bans.Fail(Source(1), Settings));
    }

    [Fact]
    public void Succeed_BeforeTheLastFailureAllowed_ForgetsThoseBefore()
    {
        var bans = new SourceBans(_time);
        for (var i = 0; i < 10; i++)
        {
            FailTimes(bans, Source(1), 2);
            bans.Succeed(Source(1));
        }

        Assert.Equal(0, bans.Counted);
        FailTimes(bans, Source(1), 3);
        bans.Succeed(Source(1)); // Judged before the ban, answered after it.
        Assert.NotNull(bans.RemainingOf(Source(1)));
    }

    [Fact]
    public void Fail_OfManyOtherSources_LiftsNoBanUntilAsManyAreBanned()
    {
        var bans = new SourceBans(_time, maxCounted: 10, maxBanned: 10);
        FailTimes(bans, Source(0), 3);
        for (var i = 1; i < 1000; i++)
        {
            FailTimes(bans, Source(i), 2);
        }

        Assert.NotNull(bans.RemainingOf(Source(0)));
        for (var i = 1; i < 10; i++)
        {
            FailTimes(bans, Source(i), 3);
        }

        Assert.All(Enumerable.Range(0, 10), i => Assert.NotNull(bans.RemainingOf(Source(i))));
    }

    [Fact]
    public void Ban_WhenTheTableIsFull_ReplacesTheOneThatEndsFirst()
    {
        var bans = new SourceBans(_time, maxCounted: 2, maxBanned: 2);
        FailTimes(bans, Source(1), 3, Settings with { BanTimeSeconds = 3600 });
        FailTimes(bans, Source(2), 3);
        FailTimes(bans, Source(3), 3);
        Assert.NotNull(bans.RemainingOf(Source(1)));
        Assert.Null(bans.RemainingOf(Source(2)));
        Assert.NotNull(bans.RemainingOf(Source(3)));
    }

    [Fact]
    public void Counter_WhenTheTableIsFull_IsTakenFromTheOneBegunFirst()
    {
        var bans = new SourceBans(_time, maxCounted: 2, maxBanned: 2);
        FailTimes(bans, Source(1), 2);
        FailTimes(bans, Source(2), 2);
        FailTimes(bans, Source(3), 2);
        Assert.False(bans.Fail(Source(1), Settings));
        Assert.True(bans.Fail(Source(3), Settings));
    }

    [Fact]
    public void Clear_ForgetsCountersAndBans()
    {
        var bans = new SourceBans(_time);
        FailTimes(bans, Source(1), 3);
        FailTimes(bans, Source(2), 2);
        bans.Clear();
        Assert.Equal((0, 0), (bans.Counted, bans.Banned));
        Assert.Null(bans.RemainingOf(Source(1)));
        Assert.False(bans.Fail(Source(2), Settings));
    }

    /// <summary>With room for all it is exactly what the rules say; with less room it never grows, and nobody is banned who would not be
    /// with room for all.</summary>
    [Fact]
    public void Anything_WhateverHappens_StaysWithinItsBoundsAndAgreesWithTheModel()
    {
        var step = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 40]);
        Gen.Select(step.List[0, 300], Gen.Int[1, 4], Gen.Int[1, 4]).Sample((steps, counted, banned) =>
        {
            var time = new FakeTimeProvider();
            var (small, large) = (new SourceBans(time, counted, banned), new SourceBans(time));
            var model = new Model();
            foreach (var (kind, n, seconds) in steps)
            {
                var source = Source(n);
                switch (kind)
                {
                    case 0:
                        time.Advance(TimeSpan.FromSeconds(seconds * 10));
                        break;
                    case 1:
                        small.Succeed(source);
                        large.Succeed(source);
                        model.Succeed(n);
                        break;
                    default:
                        small.Fail(source, Settings);
                        Assert.Equal(model.Fail(n, time.GetUtcNow()), large.Fail(source, Settings));
                        break;
                }

                Assert.InRange(small.Counted, 0, counted);
                Assert.InRange(small.Banned, 0, banned);
                for (var i = 0; i < 10; i++)
                {
                    Assert.Equal(model.RemainingOf(i, time.GetUtcNow()), large.RemainingOf(Source(i)));
                }
            }
        });
    }

    [Fact]
    public void Anything_FromAnyNumberOfSourcesAtOnce_StaysWithinItsBounds()
    {
        var bans = new SourceBans(_time, maxCounted: 100, maxBanned: 50);
        Parallel.For(0, 100_000, i =>
        {
            var source = Source(i / 5 % 4_001);
            _ = bans.RemainingOf(source);
            _ = bans.Fail(source, Settings);
            if (i % 11 == 0)
            {
                bans.Succeed(source);
            }
        });
        Assert.InRange(bans.Counted, 0, 100);
        Assert.InRange(bans.Banned, 1, 50);
    }

    private static void FailTimes(SourceBans bans, IPAddress source, int times, FailureBanSettings? settings = null)
    {
        for (var i = 0; i < times; i++)
        {
            bans.Fail(source, settings ?? Settings);
        }
    }

    private static IPAddress Source(int n) => new([10, (byte)(n >> 16), (byte)(n >> 8), (byte)n]);

    /// <summary>The rules, with all the memory that they want.</summary>
    private sealed class Model
    {
        private readonly Dictionary<int, (DateTimeOffset First, int Count)> _failures = [];
        private readonly Dictionary<int, DateTimeOffset> _bannedUntil = [];

        public TimeSpan? RemainingOf(int source, DateTimeOffset now) =>
            _bannedUntil.TryGetValue(source, out var until) && until > now ? until - now : null;

        public void Succeed(int source) => _failures.Remove(source);

        public bool Fail(int source, DateTimeOffset now)
        {
            if (RemainingOf(source, now) is not null)
            {
                return false;
            }

            var (first, count) = _failures.GetValueOrDefault(source, (now, 0));
            (first, count) = now - first >= TimeSpan.FromSeconds(Settings.FindTimeSeconds) ? (now, 0) : (first, count);
            _failures[source] = (first, count + 1);
            if (count + 1 < Settings.MaxRetry)
            {
                return false;
            }

            _failures.Remove(source);
            _bannedUntil[source] = now + TimeSpan.FromSeconds(Settings.BanTimeSeconds);
            return true;
        }
    }
}
