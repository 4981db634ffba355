using OrleansTokens.Errors;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Grains.Tests.Fixture;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>The state of a grain, and its age.</summary>
public sealed class DurableFactTests
{
    private readonly FactGrid _grid = new();

    [Fact]
    public async Task Read_WhenManyAskAtOnce_ReadsStorageOnceForAll()
    {
        _grid.Storage.Overwrite("second");
        var held = _grid.Storage.HoldNextRead();
        var reads = Enumerable.Range(0, 100).Select(_ => _grid.Fact.ReadAsync()).ToList();
        await Patience.UntilAsync(() => _grid.Storage.Reads > 0, "storage is read");
        reads.Add(_grid.Fact.ReadAsync());
        held.SetResult();
        await Task.WhenAll(reads);
        Assert.Equal((1, "second"), (_grid.Storage.Reads, _grid.Fact.Current.Text));
    }

    [Fact]
    public async Task Read_WhileAnOlderOneIsUnderWay_IsThatOneSoThatNoneEndsAfterAYounger()
    {
        var held = _grid.Storage.HoldNextRead();
        var older = _grid.Fact.ReadAsync();
        await Patience.UntilAsync(() => _grid.Storage.Reads == 1, "storage is read");
        _grid.Storage.Overwrite("second");
        Assert.Same(older, _grid.Fact.ReadAsync());
        held.SetResult();
        await older;
        await _grid.Fact.ReadAsync();
        Assert.Equal((2, "second"), (_grid.Storage.Reads, _grid.Fact.Current.Text));
    }

    [Fact]
    public async Task Confirm_WhileTheStateIsRead_DoesNotTakeTheNewVersionForThatOfTheOldState()
    {
        Assert.True(_grid.IsFresh);
        _grid.Time.Advance(FactGrid.Length);
        _grid.Storage.Overwrite("second");
        var held = _grid.Storage.HoldEndOfReads();
        var reading = _grid.Fact.ReadAsync();
        await Patience.UntilAsync(() => _grid.Storage.Etag == "2", "the new version is there");
        var confirming = _grid.Fact.ConfirmAsync(_grid.Context.Within(_grid.Context.Options.Usable)).AsTask();
        for (var i = 0; i < 1_000; i++)
        {
            // What was asked for before this has long been answered, and gone by.
            await _grid.Context.Confirmer.ReadAsync(new StoredRecord(_grid.GrainId, "word"));
        }

        Assert.Equal(("first", false, false), (_grid.Fact.Current.Text, _grid.IsFresh, confirming.IsCompleted));
        held.SetResult();
        await Task.WhenAll(reading, confirming);
        Assert.Equal((1, "second", true), (_grid.Storage.Reads, _grid.Fact.Current.Text, _grid.IsFresh));
    }

    [Fact]
    public async Task Read_ThatNeverEnds_IsUnavailableAtItsDeadlineAndNothingIsTrustedAnyMore()
    {
        var held = _grid.Storage.HoldNextRead();
        var reading = _grid.Fact.ReadAsync();
        await Patience.UntilAsync(() => _grid.Storage.Reads == 1, "storage is read");
        await Patience.UntilAsync(
            () =>
            {
                // The deadline begins a moment after the read: so time goes on by little until it is there.
                _grid.Time.Advance(TimeSpan.FromMilliseconds(100));
                return reading.IsCompleted;
            },
            "the deadline is over");
        await Making.RefusedAsync(ErrorCode.Unavailable, () => reading);
        Assert.True(_grid.IsGoing);
        _grid.Storage.Overwrite("second");
        held.SetResult();
        Assert.Equal(ErrorCode.Unavailable, Assert.Throws<TokenAuthorityException>(() => _grid.Fact.Current).Code);
        await Making.RefusedAsync(ErrorCode.Unavailable, _grid.Fact.ReadAsync);
    }

    [Fact]
    public async Task Read_ThatIsSlow_IsWaitedForUntilItsDeadline()
    {
        var held = _grid.Storage.HoldNextRead();
        _grid.Storage.Overwrite("second");
        var reading = _grid.Fact.ReadAsync();
        await Patience.UntilAsync(() => _grid.Storage.Reads == 1, "storage is read");
        _grid.Time.Advance(TimeSpan.FromSeconds(3.9));
        held.SetResult();
        await reading;
        Assert.Equal("second", _grid.Fact.Current.Text);
    }

    [Fact]
    public async Task State_ThatWasMovedHere_IsConfirmedBeforeItIsUsed()
    {
        Assert.True(_grid.IsFresh);
        _grid.Rehydrate();
        _grid.Storage.Overwrite("second");
        Assert.False(_grid.IsFresh);
        await _grid.Fact.ConfirmAsync(_grid.Context.Within(_grid.Context.Options.Usable));
        Assert.Equal("second", _grid.Fact.Current.Text);
        Assert.True(_grid.IsFresh);
    }
}
