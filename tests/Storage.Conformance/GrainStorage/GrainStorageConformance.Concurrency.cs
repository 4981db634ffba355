namespace OrleansTokens.Storage.Conformance.GrainStorage;

public abstract partial class GrainStorageConformance
{
    [Fact]
    public async Task Write_WhenManyUseTheSameETag_LetsExactlyOneWin()
    {
        var grain = NewGrain();
        string? etag = null;
        for (var round = 0; round < 20; round++)
        {
            var states = Enumerable.Range(0, 16).Select(i => State((round * 100) + i, etag: etag)).ToList();

            var won = await Task.WhenAll(states.Select(state => Task.Run(() => IsAcceptedAsync(grain, "state", state, isClear: false))));

            var winner = states[Assert.Single(Enumerable.Range(0, won.Length), i => won[i])];
            AssertRecord(winner.State!.Number, winner.ETag, await ReadAsync(grain));
            etag = winner.ETag;
        }
    }

    [Fact]
    public async Task Clear_WhenItRacesWithWritesOfTheSameETag_LetsExactlyOneWin()
    {
        var grain = NewGrain();
        var etag = (await WriteAsync(grain, 0)).ETag;
        for (var round = 0; round < 20; round++)
        {
            var states = Enumerable.Range(0, 8).Select(i => State(i, etag: etag)).ToList();

            var won = await Task.WhenAll(states.Select((state, i) => Task.Run(() => IsAcceptedAsync(grain, "state", state, isClear: i % 2 == 0))));

            var winner = states[Assert.Single(Enumerable.Range(0, won.Length), i => won[i])];
            Assert.Equal(winner.ETag, (await ReadAsync(grain)).ETag);
            etag = winner.ETag;
        }
    }

    [Fact]
    [Trait("Orleans", "WriteReadWriteReadStatesInParallel")]
    public async Task Write_OfManyRecordsAtOnce_KeepsEveryAcknowledgedOne()
    {
        const int Records = 200;
        const int Writes = 10;

        await Parallel.ForEachAsync(Enumerable.Range(0, Records), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            string? etag = null;
            for (var n = 1; n <= Writes; n++)
            {
                var written = await WriteAsync(NewGrain($"{i}"), n, etag);
                Assert.NotEqual(etag, written.ETag);
                AssertRecord(n, written.ETag, await ReadAsync(NewGrain($"{i}")));
                etag = written.ETag;
            }
        });

        await ReopenAsync();
        for (var i = 0; i < Records; i++)
        {
            Assert.Equal(Writes, (await ReadAsync(NewGrain($"{i}"))).State!.Number);
        }
    }

    [Fact]
    public async Task Read_WhileARecordIsWritten_NeverFallsBehindWhatWasAcknowledged()
    {
        const int Writes = 200;
        var grain = NewGrain();
        var acknowledged = 0L;
        var etag = (await WriteAsync(grain, 0)).ETag;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            long seen = 0;
            while (seen < Writes)
            {
                var atLeast = Math.Max(seen, Volatile.Read(ref acknowledged));
                seen = (await ReadAsync(grain)).State!.Number;
                Assert.InRange(seen, atLeast, Writes);
            }
        })).ToList();

        for (var n = 1; n <= Writes; n++)
        {
            etag = (await WriteAsync(grain, n, etag)).ETag;
            Volatile.Write(ref acknowledged, n);
        }

        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Reopen_Always_FindsEveryRecordEveryETagAndEveryClear()
    {
        var written = await WriteAsync(NewGrain("written"), 1);
        var cleared = await WriteAsync(NewGrain("cleared"), 2);
        await Storage.ClearStateAsync("state", NewGrain("cleared"), cleared);

        await ReopenAsync();

        AssertRecord(1, written.ETag, await ReadAsync(NewGrain("written")));
        var read = await ReadAsync(NewGrain("cleared"));
        AssertNothing(read);
        Assert.Equal(cleared.ETag, read.ETag);
        await AssertInconsistentAsync(() => WriteAsync(NewGrain("cleared"), 3));
        await WriteAsync(NewGrain("written"), 4, written.ETag);
    }
}
