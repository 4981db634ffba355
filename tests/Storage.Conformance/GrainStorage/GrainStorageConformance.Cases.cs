namespace OrleansTokens.Storage.Conformance.GrainStorage;

public abstract partial class GrainStorageConformance
{
    [Fact]
    [Trait("Orleans", "ReadNonExistentState, ReadNonExistentStateHasNonNullState")]
    public async Task Read_WhenNothingIsStored_GivesANewStateWithoutETag()
    {
        var state = await ReadAsync(NewGrain());

        AssertNothing(state);
        Assert.Null(state.ETag);
    }

    [Theory]
    [InlineData("Привет, мир")]
    [InlineData("\0 \" ' \\ \u2028 😀 漢字")]
    [Trait("Orleans", "WriteReadIdCyrillic")]
    public async Task Write_WhenTheTextIsNotAscii_ReadsBackTheSame(string text)
    {
        var written = State(7, text);

        await Storage.WriteStateAsync("state", NewGrain("Ключ"), written);

        var read = await ReadAsync(NewGrain("Ключ"));
        Assert.Equal(written.State, read.State);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Fact]
    [Trait("Orleans", "WriteRead_StringKey")]
    public async Task Write_WhenTheKeyIsAString_ReadsBackTheSame()
    {
        var grain = GrainId.Create("sample", $"string-{_prefix}");

        var written = await WriteAsync(grain, 1);

        Assert.True(written.RecordExists);
        AssertRecord(1, written.ETag, await ReadAsync(grain));
    }

    [Fact]
    [Trait("Orleans", "WriteRead_IntegerKey")]
    public async Task Write_WhenTheKeyIsAnInteger_ReadsBackTheSame()
    {
        var type = GrainType.Create($"sample-{_prefix}");
        long[] keys = [long.MinValue, -1, 0, 1, long.MaxValue];
        foreach (var key in keys)
        {
            await WriteAsync(GrainId.Create(type, GrainIdKeyExtensions.CreateIntegerKey(key)), key);
        }

        foreach (var key in keys)
        {
            Assert.Equal(key, (await ReadAsync(GrainId.Create(type, GrainIdKeyExtensions.CreateIntegerKey(key)))).State!.Number);
        }
    }

    [Fact]
    [Trait("Orleans", "WriteDuplicateFailsWithInconsistentStateException")]
    public async Task Write_WithoutETagWhenARecordExists_IsRefused()
    {
        var grain = NewGrain();
        var first = await WriteAsync(grain, 1);

        var second = State(2);
        await AssertInconsistentAsync(() => Storage.WriteStateAsync("state", grain, second));

        Assert.Null(second.ETag);
        AssertRecord(1, first.ETag, await ReadAsync(grain));
    }

    [Fact]
    [Trait("Orleans", "WriteInconsistentFailsWithInconsistentStateException")]
    public async Task Write_WithAStaleETag_IsRefused()
    {
        var grain = NewGrain();
        var first = await WriteAsync(grain, 1);
        var second = await WriteAsync(grain, 2, first.ETag);

        await AssertInconsistentAsync(() => WriteAsync(grain, 3, first.ETag));

        AssertRecord(2, second.ETag, await ReadAsync(grain));
    }

    [Fact]
    public async Task Write_WithAnETagWhenNothingIsStored_IsRefused()
    {
        var other = await WriteAsync(NewGrain("other"), 1);

        await AssertInconsistentAsync(() => WriteAsync(NewGrain(), 2, other.ETag));

        AssertNothing(await ReadAsync(NewGrain()));
    }

    [Fact]
    [Trait("Orleans", "ETagChangesOnWrite")]
    public async Task Write_EveryTime_GivesAnETagNeverSeenBefore()
    {
        var grain = NewGrain();
        var etags = new HashSet<string>();
        string? etag = null;
        for (var i = 0; i < 10; i++)
        {
            etag = (await WriteAsync(grain, i, etag)).ETag;
            Assert.True(etags.Add(etag!));
        }
    }

    [Fact]
    [Trait("Orleans", "WriteWithSameValuesUpdatesETag")]
    public async Task Write_OfTheSameValue_GivesANewETag()
    {
        var grain = NewGrain();
        var first = await WriteAsync(grain, 1);

        var second = await WriteAsync(grain, 1, first.ETag);

        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Fact]
    [Trait("Orleans", "ClearBeforeWrite")]
    public async Task Clear_WhenNothingIsStored_GivesANewState()
    {
        var state = State(1, "stale");
        state.RecordExists = true;

        await Storage.ClearStateAsync("state", NewGrain(), state);

        AssertNothing(state);
    }

    [Fact]
    public async Task Clear_WithAnETagWhenNothingIsStored_IsRefused()
    {
        var other = await WriteAsync(NewGrain("other"), 1);

        await AssertInconsistentAsync(() => Storage.ClearStateAsync("state", NewGrain(), State(1, etag: other.ETag)));
    }

    [Fact]
    public async Task Clear_WithoutETagWhenARecordExists_IsRefused()
    {
        var grain = NewGrain();
        var written = await WriteAsync(grain, 1);

        await AssertInconsistentAsync(() => Storage.ClearStateAsync("state", grain, State(1)));

        AssertRecord(1, written.ETag, await ReadAsync(grain));
    }

    [Fact]
    [Trait("Orleans", "ClearInconsistentFailsWithInconsistentStateException")]
    public async Task Clear_WithAStaleETag_IsRefused()
    {
        var grain = NewGrain();
        var first = await WriteAsync(grain, 1);
        var second = await WriteAsync(grain, 2, first.ETag);

        var stale = State(1, etag: first.ETag);
        await AssertInconsistentAsync(() => Storage.ClearStateAsync("state", grain, stale));

        Assert.Equal(first.ETag, stale.ETag);
        Assert.Equal(1, stale.State!.Number);
        AssertRecord(2, second.ETag, await ReadAsync(grain));
    }

    [Fact]
    [Trait("Orleans", "ClearStateDoesNotNullifyState, ClearUpdatesETag")]
    public async Task Clear_WhenARecordExists_GivesANewStateAndAnotherETag()
    {
        var state = await WriteAsync(NewGrain(), 1);
        var written = state.ETag;

        await Storage.ClearStateAsync("state", NewGrain(), state);

        AssertNothing(state);
        Assert.NotEqual(written, state.ETag);
    }

    [Fact]
    [Trait("Orleans", "ReadAfterClear, WriteReadClearReadCycle")]
    public async Task Read_AfterAClear_GivesANewStateWithTheETagOfTheClear()
    {
        var state = await WriteAsync(NewGrain(), 1);
        AssertRecord(1, state.ETag, await ReadAsync(NewGrain()));
        await Storage.ClearStateAsync("state", NewGrain(), state);

        var read = await ReadAsync(NewGrain());

        AssertNothing(read);
        Assert.Equal(state.ETag, read.ETag);
    }

    [Fact]
    [Trait("Orleans", "WriteClearWrite, WriteClearRead")]
    public async Task Write_AfterAClear_NeedsTheETagOfTheClearAndGivesANewOne()
    {
        var state = await WriteAsync(NewGrain(), 1);
        var written = state.ETag;
        await Storage.ClearStateAsync("state", NewGrain(), state);

        await AssertInconsistentAsync(() => WriteAsync(NewGrain(), 2, written));
        var again = await WriteAsync(NewGrain(), 3, state.ETag);

        Assert.NotEqual(written, again.ETag);
        Assert.NotEqual(state.ETag, again.ETag);
        AssertRecord(3, again.ETag, await ReadAsync(NewGrain()));
    }

    [Fact]
    [Trait("Orleans", "MultipleClearOperations")]
    public async Task Clear_OfWhatIsCleared_StaysCleared()
    {
        var state = await WriteAsync(NewGrain(), 1);
        await Storage.ClearStateAsync("state", NewGrain(), state);

        await Storage.ClearStateAsync("state", NewGrain(), state);

        AssertNothing(state);
        AssertNothing(await ReadAsync(NewGrain()));
    }

    [Fact]
    [Trait("Orleans", "StateNamesUseIndependentRecords")]
    public async Task Write_UnderAnotherStateName_IsAnotherRecord()
    {
        var grain = NewGrain();
        var first = await WriteAsync(grain, 1, name: "first");
        var second = await WriteAsync(grain, 2, name: "second");

        await Storage.ClearStateAsync("first", grain, first);

        AssertNothing(await ReadAsync(grain, "first"));
        AssertRecord(2, second.ETag, await ReadAsync(grain, "second"));
    }

    [Fact]
    public async Task Write_WithAnETagOfNoOrigin_IsRefused()
    {
        var grain = NewGrain();
        var written = await WriteAsync(grain, 1);

        foreach (var etag in new[] { "no etag", "-1", "0", " " + written.ETag, "0" + written.ETag, written.ETag + "0", "99999999999999999999" })
        {
            await AssertInconsistentAsync(() => WriteAsync(grain, 2, etag));
        }

        AssertRecord(1, written.ETag, await ReadAsync(grain));
    }

    [Fact]
    public async Task Write_OfALargeState_ReadsBackTheSame()
    {
        var text = string.Create(LargeStateLength, 0, static (span, _) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)('a' + ((i * 7919) % 26));
            }
        });
        var written = State(1, text);

        await Storage.WriteStateAsync("state", NewGrain(), written);

        Assert.Equal(text, (await ReadAsync(NewGrain())).State!.Text);
    }
}
