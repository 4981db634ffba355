using Microsoft.Data.Sqlite;
using OrleansTokens.Silo.Storage;
using OrleansTokens.Silo.Storage.Sqlite;
using OrleansTokens.Storage.Conformance.GrainStorage;
using SQLitePCL;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>Group commit: what shares a transaction, and who fails with whom.</summary>
public sealed class SqliteWriterTests : IAsyncDisposable
{
    private readonly SqliteHarness _harness = SqliteHarness.Open();

    private SqliteWriter Writer => _harness.Database.Writer;

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Group_WhenOneWriteIsStale_FailsItAloneInOneTransaction()
    {
        var stale = await WriteAsync(0, 1);
        await WriteAsync(0, 2, stale.ETag);
        using var gate = new Gate(Writer);
        var before = Writer.CommittedGroups;

        var good = Enumerable.Range(1, 100).Select(i => WriteAsync(i, i)).ToList();
        var refused = WriteAsync(0, 3, stale.ETag);
        var late = Enumerable.Range(101, 100).Select(i => WriteAsync(i, i)).ToList();
        await gate.OpenAsync();

        await Task.WhenAll([.. good, .. late]);
        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => refused);
        Assert.Equal(before + 2, Writer.CommittedGroups);
        Assert.Equal(2, await ReadAsync(0));
        Assert.Equal(200, await ReadAsync(200));
    }

    [Fact]
    public async Task Group_WhenOneWriteThrowsHalfway_UndoesItAloneInOneTransaction()
    {
        using var gate = new Gate(Writer);
        var before = Writer.CommittedGroups;

        var first = WriteAsync(1, 1);
        var halfway = Writer.WriteAsync<int>(
            session =>
            {
                session.ExecuteOnce("UPDATE grain_state SET version = 99");
                throw new InvalidOperationException("halfway");
            },
            0,
            default);
        var last = WriteAsync(2, 2);
        await gate.OpenAsync();

        var failure = await Assert.ThrowsAsync<StorageWriteException>(() => halfway);
        Assert.Equal(WriteOutcome.NotWritten, failure.Outcome);
        Assert.False(Writer.IsFailing);
        Assert.Equal("halfway", failure.InnerException!.Message);
        Assert.Equal("1", (await first).ETag);
        Assert.Equal("1", (await last).ETag);
        Assert.Equal(before + 2, Writer.CommittedGroups);
        await WriteAsync(1, 3, "1");
    }

    [Fact]
    public async Task Group_WhenTheCommitIsRefused_FailsWholeAndTheNextOneWorks()
    {
        var written = await WriteAsync(0, 1);
        using var gate = new Gate(Writer);
        var refuseCommit = Writer.WriteAsync(
            session =>
            {
                raw.sqlite3_commit_hook(session.Handle, static _ => 1, null);
                return 0;
            },
            0,
            default);
        var writes = Enumerable.Range(1, 10).Select(i => WriteAsync(i, i)).Append(WriteAsync(0, 2, written.ETag)).ToList();
        await gate.OpenAsync();

        await Assert.ThrowsAsync<StorageWriteException>(() => refuseCommit);
        foreach (var write in writes)
        {
            Assert.Equal(WriteOutcome.NotWritten, (await Assert.ThrowsAsync<StorageWriteException>(() => write)).Outcome);
        }

        Assert.Equal(1, await ReadAsync(0));
        Assert.Equal(0, await ReadAsync(1));
        await WriteAsync(0, 3, written.ETag);
        Assert.Equal(3, await ReadAsync(0));
    }

    [Fact]
    public async Task Group_WhenTheDiskIsFull_FailsWholeAndTheNextOneWorks()
    {
        var written = await WriteAsync(0, 1);
        using var gate = new Gate(Writer);
        var first = WriteAsync(1, 1);
        var fill = Writer.WriteAsync(
            session =>
            {
                session.ExecuteOnce($"PRAGMA max_page_count={session.TextOnce("PRAGMA page_count")}");
                return 0;
            },
            0,
            default);
        var large = _harness.Storage.WriteStateAsync("state", Grain(2), StateOf(2, text: new string('x', 100_000)));
        var last = WriteAsync(0, 2, written.ETag);
        await gate.OpenAsync();

        foreach (var write in new[] { first, fill, large, last })
        {
            var failure = await Assert.ThrowsAsync<StorageWriteException>(() => write);
            Assert.Equal(WriteOutcome.NotWritten, failure.Outcome);
            Assert.Equal(raw.SQLITE_FULL, Assert.IsType<SqliteException>(failure.InnerException).SqliteErrorCode);
        }

        Assert.True(Writer.IsFailing);
        Assert.Equal(0, await ReadAsync(1));
        await WriteAsync(0, 2, written.ETag);
        Assert.False(Writer.IsFailing);
        Assert.Equal(2, await ReadAsync(0));
    }

    [Fact]
    public async Task Group_WhenAnotherProcessHoldsTheWriteLock_FailsAndReadsGoOnAndTheNextOneWorks()
    {
        await WriteAsync(0, 1);
        using (var shell = _harness.Connect())
        {
            using var transaction = shell.BeginTransaction(deferred: false);
            var failure = await Assert.ThrowsAsync<StorageWriteException>(() => WriteAsync(1, 1));
            Assert.Equal(WriteOutcome.NotWritten, failure.Outcome);
            Assert.Equal(1, await ReadAsync(0));
        }

        await WriteAsync(1, 2);
        Assert.Equal(2, await ReadAsync(1));
    }

    [Theory]
    [InlineData(raw.SQLITE_BUSY, WriteOutcome.NotWritten)]
    [InlineData(raw.SQLITE_CONSTRAINT, WriteOutcome.NotWritten)]
    [InlineData(raw.SQLITE_IOERR, WriteOutcome.Unknown)]
    [InlineData(raw.SQLITE_FULL, WriteOutcome.Unknown)]
    [InlineData(raw.SQLITE_NOMEM, WriteOutcome.Unknown)]
    public void CommitFailure_UnlessItCameBeforeTheLog_LeavesTheOutcomeUnknown(int code, WriteOutcome expected) =>
        Assert.Equal(expected, SqliteFailure.OfCommit(new SqliteException("failed", code)));

    [Fact]
    public async Task Group_BeyondItsBytes_GoesOnInTheNextTransaction()
    {
        using var gate = new Gate(Writer);
        var before = Writer.CommittedGroups;

        var writes = Enumerable.Range(0, 4)
            .Select(i => _harness.Storage.WriteStateAsync("state", Grain(i), StateOf(i, text: new string('x', 6 << 20)))).ToList();
        await gate.OpenAsync();

        await Task.WhenAll(writes);
        Assert.Equal(before + 3, Writer.CommittedGroups);
    }

    [Fact]
    public async Task Group_BeyondItsWrites_GoesOnInTheNextTransaction()
    {
        using var gate = new Gate(Writer);
        var before = Writer.CommittedGroups;

        var writes = Enumerable.Range(0, SqliteWriter.MaxGroupWrites + 1).Select(i => WriteAsync(i, i)).ToList();
        await gate.OpenAsync();

        await Task.WhenAll(writes);
        Assert.Equal(before + 3, Writer.CommittedGroups);
    }

    [Fact]
    public async Task Write_CancelledWhileItWaits_IsNeverWritten()
    {
        using var gate = new Gate(Writer);
        using var cancellation = new CancellationTokenSource();
        var write = WriteAsync(1, 1, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        await gate.OpenAsync();
        await WriteAsync(2, 2);
        Assert.Equal(0, await ReadAsync(1));
    }

    [Fact]
    public async Task Write_CancelledBeforeItFindsAPlaceInTheQueue_IsNeverWritten()
    {
        using var gate = new Gate(Writer);
        using var cancellation = new CancellationTokenSource();
        var queued = new List<Task<int>>();
        while (queued.Count <= SqliteWriter.QueueLength)
        {
            queued.Add(Writer.WriteAsync(static _ => 0, 0, default));
        }

        var waiting = WriteAsync(1, 1, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await gate.OpenAsync();
        await Task.WhenAll(queued);
        Assert.Equal(0, await ReadAsync(1));
    }

    [Fact]
    public async Task Write_CancelledAfterItWasTaken_IsWritten()
    {
        using var cancellation = new CancellationTokenSource();
        using var gate = new Gate(Writer, cancellation.Token);

        await cancellation.CancelAsync();
        await gate.OpenAsync();

        Assert.Equal(1, await gate.Write);
    }

    [Fact]
    public async Task Write_WithACancelledToken_IsRefusedAtOnce() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WriteAsync(1, 1, cancellationToken: new CancellationToken(true)));

    [Fact]
    public async Task Close_WhileWritesAreQueued_FinishesThemAndTakesNoMore()
    {
        var writer = Writer;
        using var gate = new Gate(writer);
        var writes = Enumerable.Range(1, 50).Select(i => WriteAsync(i, i)).ToList();

        var closing = _harness.Database.DisposeAsync();
        gate.Open();
        await Task.WhenAll(writes);
        await closing;

        var failure = await Assert.ThrowsAsync<StorageWriteException>(() => writer.WriteAsync(static _ => 0, 0, default));
        Assert.Equal(WriteOutcome.NotWritten, failure.Outcome);
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(1, 1));
        await using var reopened = SqliteHarness.Open(_harness.Directory);
        for (var i = 1; i <= 50; i++)
        {
            var state = new GrainState<SampleState>();
            await reopened.Storage.ReadStateAsync("state", Grain(i), state);
            Assert.Equal(i, state.State!.Number);
        }
    }

    [Fact]
    public async Task Log_WhenAReaderKeepsItFromEnding_IsEmptiedOnceTheReaderIsGone()
    {
        await using var harness = SqliteHarness.OpenWith(options => options.MaxLogBytes = 1 << 20);
        using (var shell = harness.Connect())
        {
            using var transaction = shell.BeginTransaction(deferred: true);
            using var read = shell.CreateCommand();
            read.CommandText = "SELECT count(*) FROM grain_state";
            read.Transaction = transaction;
            read.ExecuteScalar();
            for (var i = 0; i < 3; i++)
            {
                await harness.Storage.WriteStateAsync("state", Grain(i), StateOf(i, text: new string('x', 1 << 20)));
            }

            Assert.InRange(new FileInfo(harness.LogFile).Length, 2 << 20, long.MaxValue);
        }

        await harness.Storage.WriteStateAsync("state", Grain(9), StateOf(9, text: new string('x', 1 << 20)));
        await harness.Storage.WriteStateAsync("state", Grain(10), StateOf(10));

        Assert.InRange(new FileInfo(harness.LogFile).Length, 0, 1 << 20);
    }

    private static GrainId Grain(int i) => GrainId.Create("writer", $"{i}");

    private static GrainState<SampleState> StateOf(long number, string? etag = null, string? text = null) =>
        new(new SampleState { Number = number, Text = text }, etag!);

    private async Task<GrainState<SampleState>> WriteAsync(
        int grain, long number, string? etag = null, CancellationToken cancellationToken = default)
    {
        var state = StateOf(number, etag);
        await _harness.Storage.WriteStateAsync("state", Grain(grain), state, cancellationToken);
        return state;
    }

    private async Task<long> ReadAsync(int grain)
    {
        var state = new GrainState<SampleState>();
        await _harness.Storage.ReadStateAsync("state", Grain(grain), state);
        return state.State!.Number;
    }

    /// <summary>Holds the writer inside a group of its own, so that what is written meanwhile queues up for the next one.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _isEntered = new();
        private readonly ManualResetEventSlim _isOpen = new();

        public Gate(SqliteWriter writer, CancellationToken cancellationToken = default)
        {
            Write = writer.WriteAsync(
                _ =>
                {
                    _isEntered.Set();
                    _isOpen.Wait(CancellationToken.None);
                    return 1;
                },
                0,
                cancellationToken);
            _isEntered.Wait(CancellationToken.None);
        }

        public Task<int> Write { get; }

        public void Open() => _isOpen.Set();

        public async Task OpenAsync()
        {
            Open();
            await Write;
        }

        public void Dispose()
        {
            Open();
            _isEntered.Dispose();
        }
    }
}
