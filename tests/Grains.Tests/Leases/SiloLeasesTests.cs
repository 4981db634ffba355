using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>What a silo keeps of leases.</summary>
public sealed class SiloLeasesTests
{
    private static readonly TokenId Token = new(7);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly LeaseClock _clock;
    private readonly SiloLeases _leases;

    public SiloLeasesTests()
    {
        _clock = LeaseClock.Of(_time);
        _leases = new SiloLeases(new LeaseOptions { Length = Length }, _clock, _time, NullLogger<SiloLeases>.Instance);
    }

    private long InOneLease => _clock.Now + Length.Ticks;

    [Fact]
    public async Task Believes_WhenTold_NothingOlderForTheLengthOfALease()
    {
        Assert.True(_leases.Believes(Token, 1));
        await _leases.ToldAsync(Token, 2);
        Assert.False(_leases.Believes(Token, 1));
        Assert.True(_leases.Believes(Token, 2));
        Assert.True(_leases.Believes(new TokenId(8), 1));
        _time.Advance(Length - TimeSpan.FromTicks(1));
        Assert.False(_leases.Believes(Token, 1));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_leases.Believes(Token, 1));
    }

    [Fact]
    public async Task Believes_WhenToldOfAnOlderEpochLater_StillNothingOlderThanTheNewer()
    {
        await _leases.ToldAsync(Token, 5);
        await _leases.ToldAsync(Token, 2);
        Assert.False(_leases.Believes(Token, 4));
    }

    [Fact]
    public async Task Believes_WhenToldAgainLater_NothingOlderUntilTheLaterEnd()
    {
        await _leases.ToldAsync(Token, 2);
        _time.Advance(Length / 2);
        await _leases.ToldAsync(Token, 2);
        _time.Advance(Length / 2);
        await _leases.ToldAsync(new TokenId(8), 2); // What is over is put away, the end of the first time included.
        Assert.False(_leases.Believes(Token, 1));
        _time.Advance((Length / 2) - TimeSpan.FromTicks(1));
        Assert.False(_leases.Believes(Token, 1));
    }

    [Fact]
    public async Task Told_WhenWhatItWasToldIsOver_RemembersItNoMore()
    {
        for (var id = 100; id < 1_100; id++)
        {
            await _leases.ToldAsync(new TokenId(id), 2);
            await _leases.ToldAsync(new TokenId(100), 3);
        }

        Assert.InRange(_leases.Remembered, 1_000, 2_000);
        _time.Advance(Length);
        await _leases.ToldAsync(Token, 2);
        Assert.Equal(1, _leases.Remembered);
    }

    [Fact]
    public async Task Told_ByManyAtOnceWhileTimePasses_RemembersEachForTheLengthOfALeaseAndNoneForEver()
    {
        for (var round = 0; round < 8; round++)
        {
            await TellAtOnceAsync(tellers: 4);
        }
    }

    [Fact]
    public async Task Told_WhenSomebodyHoldsALease_ThatOneIsTold()
    {
        var (holder, other) = (new Lessee(), new Lessee());
        _leases.Note(holder, InOneLease);
        _leases.Note(other, _clock.Now);
        await _leases.ToldAsync(Token, 2);
        Assert.Equal([(Token, 2L)], holder.Told);
        Assert.Empty(other.Told);
        Assert.Equal(1, _leases.Lessees);
    }

    [Fact]
    public async Task Told_WhenALesseeHasNotAcknowledged_DoesNotAcknowledge()
    {
        var acknowledges = new TaskCompletionSource();
        _leases.Note(new Lessee { Acknowledges = acknowledges.Task }, InOneLease);
        var told = _leases.ToldAsync(Token, 2);
        Assert.False(told.IsCompleted);
        acknowledges.SetResult();
        await told;
    }

    [Fact]
    public async Task Told_WhenALesseeCannotBeReached_AcknowledgesWhenItCanHoldNothingMore()
    {
        _leases.Note(new Lessee { Acknowledges = Task.FromException(new TimeoutException()) }, InOneLease);
        var told = _leases.ToldAsync(Token, 2);
        _time.Advance(Length - TimeSpan.FromTicks(1));
        Assert.False(told.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await told;
    }

    [Fact]
    public async Task Note_WhenAShorterLeaseFollowsALongerOne_KeepsTheLaterEnd()
    {
        var lessee = new Lessee();
        _leases.Note(lessee, InOneLease);
        _leases.Note(lessee, _clock.Now + 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _leases.ToldAsync(Token, 2);
        Assert.Single(lessee.Told);
    }

    [Fact]
    public async Task Note_WhenThereAreTooManyLessees_WaitsOutWhatTheyMayHold()
    {
        var acknowledged = new Lessee();
        for (var i = 0; i < SiloLeases.MaxLessees; i++)
        {
            _leases.Note(new Lessee(), InOneLease);
        }

        _leases.Note(acknowledged, InOneLease);
        var told = _leases.ToldAsync(Token, 2);
        Assert.False(told.IsCompleted);
        Assert.Empty(acknowledged.Told);
        _time.Advance(Length);
        await told;
    }

    [Fact]
    public async Task NoteAndTold_AtOnce_OneSeesTheOther()
    {
        for (var round = 0; round < 500; round++)
        {
            var token = new TokenId(1_000 + round);
            var lessee = new Lessee();
            using var start = new Barrier(2);
            var answered = Task.Run(() =>
            {
                start.SignalAndWait();
                _leases.Note(lessee, InOneLease);
                return _leases.Believes(token, 1);
            });
            var told = Task.Run(() =>
            {
                start.SignalAndWait();
                return _leases.ToldAsync(token, 2);
            });
            await told;
            Assert.True(!await answered || lessee.Told.Contains((token, 2)), "A lease was given of which nobody was told.");
        }
    }

    private async Task TellAtOnceAsync(int tellers)
    {
        var clock = LeaseClock.Of(new RunningTime());
        var leases = new SiloLeases(new LeaseOptions { Length = Length }, clock, _time, NullLogger<SiloLeases>.Instance);
        using var start = new Barrier(tellers);
        await Task.WhenAll(Enumerable.Range(1, tellers).Select(teller => Task.Factory.StartNew(
            () => TellAndLook(leases, clock, teller, start), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        for (var end = clock.Now + Length.Ticks; clock.Now < end;)
        {
        }

        await leases.ToldAsync(Token, 2);
        Assert.Equal(1, leases.Remembered);
    }

    /// <summary>Tells of tokens, every other time of one that others tell of, too, and looks whether that is remembered.</summary>
    private static void TellAndLook(SiloLeases leases, LeaseClock clock, int teller, Barrier start)
    {
        start.SignalAndWait();
        for (var i = 0; i < 20_000; i++)
        {
            var token = new TokenId(i % 2 == 0 ? 100 + (i % 10) : (1_000_000 * teller) + i);
            var told = clock.Now;
            Assert.True(leases.ToldAsync(token, 2).IsCompletedSuccessfully);
            Assert.True(!leases.Believes(token, 1) || clock.Now >= told + Length.Ticks, "It is forgotten too early.");
        }
    }

    /// <summary>Time that goes on by a little whenever somebody looks.</summary>
    private sealed class RunningTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref _now, Length.Ticks / 500);
    }
}
