using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CsCheck;
using Orleans.Storage;
using OrleansTokens.Silo.Storage;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>What is in the file, and what happens when it is not what was put there.</summary>
public sealed class SqliteGrainStorageTests : IAsyncDisposable
{
    private static readonly GrainId Grain = GrainId.Create("sample", "damaged");

    private readonly SqliteHarness _harness = SqliteHarness.Open();

    public static TheoryData<string, string> DamagedData => new()
    {
        { "cut short", "{\"number\":" },
        { "empty", "" },
        { "foreign", "<xml/>" },
        { "of another shape", "[1,2,3]" },
        { "of another type", "{\"number\":\"seven\"}" },
        { "nothing", "null" },
        { "followed by more", "{\"number\":7}{}" },
        { "said twice", "{\"number\":7,\"number\":8}" },
    };

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [MemberData(nameof(DamagedData))]
    public async Task Read_OfDataThatIsNoState_FailsNamesTheGrainAndLeavesTheRecord(string what, string data)
    {
        Assert.NotEmpty(what);
        await WriteAsync(7);
        SetData(Encoding.UTF8.GetBytes(data), isChecksumRight: true);

        await AssertUnreadableAndUntouchedAsync();
    }

    [Theory]
    [InlineData("{\"number\":8}")]
    [InlineData("{\"number\":7")]
    [InlineData("")]
    public async Task Read_OfDataThatWasAltered_FailsNamesTheGrainAndLeavesTheRecord(string data)
    {
        await WriteAsync(7);
        SetData(Encoding.UTF8.GetBytes(data), isChecksumRight: false);

        await AssertUnreadableAndUntouchedAsync();
    }

    [Theory]
    [InlineData(0, "malformed")]
    [InlineData(1000, "damaged")]
    public async Task Read_OfADamagedPage_FailsAndNamesTheGrain(int offset, string fault)
    {
        await WriteAsync(7, text: new string('x', 50_000));
        await _harness.Database.DisposeAsync();
        var file = await File.ReadAllBytesAsync(_harness.File);
        // A page in the middle of the record: four bytes that lead to the next page, then data.
        var page = Enumerable.Range(0, file.Length / 4096).First(i => file.AsSpan((i * 4096) + 4, 4092).Count((byte)'x') == 4092);
        file.AsSpan((page * 4096) + offset, 4).Fill(0xFE);
        await File.WriteAllBytesAsync(_harness.File, file);

        await using var reopened = SqliteHarness.Open(_harness.Directory);
        var failure = await Assert.ThrowsAsync<UnreadableStateException>(
            () => reopened.Storage.ReadStateAsync("state", Grain, new GrainState<SampleState>()));
        Assert.Contains("sample/damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains(fault, failure.Message.Replace("sample/damaged", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_Always_StoresTheFormThatTheSerializerContextStates()
    {
        await WriteAsync(7);
        await WriteAsync(0, text: "Ж", name: "other");

        Assert.Equal("{\"number\":7}", Stored("SELECT CAST(data AS TEXT) FROM grain_state WHERE grain='sample/damaged' AND name='state'"));
        Assert.Equal("{\"text\":\"\\u0416\"}", Stored("SELECT CAST(data AS TEXT) FROM grain_state WHERE name='other'"));
    }

    [Fact]
    public async Task Clear_Always_LeavesNoData()
    {
        var state = await WriteAsync(7);

        await _harness.Storage.ClearStateAsync("state", Grain, state);

        Assert.Equal("1", Stored("SELECT data IS NULL AND checksum IS NULL FROM grain_state"));
    }

    [Fact]
    public async Task Write_OfATypeThatTheResolverDoesNotKnow_IsRefusedAndStoresNothing()
    {
        var refusal = await Assert.ThrowsAsync<NotSupportedException>(
            () => _harness.Storage.WriteStateAsync("state", Grain, new GrainState<Version>(new Version(1, 2))));

        Assert.Contains("System.Version", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("0", Stored("SELECT count(*) FROM grain_state"));
    }

    [Fact]
    public async Task Write_OfNothing_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => _harness.Storage.WriteStateAsync("state", Grain, new GrainState<SampleState> { State = null }));

        Assert.Equal("0", Stored("SELECT count(*) FROM grain_state"));
    }

    [Fact]
    public async Task Write_BeyondTheLargestState_IsRefusedAndNamesTheGrain()
    {
        await using var harness = SqliteHarness.OpenWith(options => options.MaxStateBytes = 1000);

        var refusal = await Assert.ThrowsAsync<StorageWriteException>(() => harness.Storage.WriteStateAsync(
            "state", Grain, new GrainState<SampleState>(new SampleState { Text = new string('x', 1000) })));

        Assert.Equal(WriteOutcome.NotWritten, refusal.Outcome);
        Assert.Contains("sample/damaged", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Serializer_WithoutAResolver_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new JsonGrainStateSerializer(new JsonSerializerOptions()));

    [Fact]
    public void Serializer_WithAnyResolver_ReadsWhatItWrote()
    {
        var serializer = new JsonGrainStateSerializer(new DefaultJsonTypeInfoResolver());

        Assert.Equal(new Version(1, 2), serializer.Deserialize<Version>(serializer.Serialize(new Version(1, 2))));
    }

    [Theory]
    [InlineData("plain", "key", "plain/key")]
    [InlineData("a/b", "c/d", "a%2Fb/c/d")]
    [InlineData("t", "100%", "t/100%25")]
    [InlineData("t", "a\0b\n", "t/a%00b%0A")]
    [InlineData("t", "ключ 😀", "t/ключ 😀")]
    [InlineData("t", "\u0085", "t/%C2%85")]
    public void RecordKey_OfAGrain_IsReadableText(string type, string key, string expected) =>
        Assert.Equal(expected, RecordKey.OfGrain(new GrainId(GrainType.Create(type), IdSpan.Create(key))));

    [Theory]
    [InlineData("state", "state")]
    [InlineData("a/b", "a/b")]
    [InlineData("%", "%25")]
    public void RecordKey_OfAState_IsReadableText(string name, string expected) => Assert.Equal(expected, RecordKey.OfState(name));

    [Fact]
    public void RecordKey_OfUnpairedSurrogates_KeepsStatesApartWhereOrleansHasOneGrain()
    {
        Assert.Equal("%uD800", RecordKey.OfState("\ud800"));
        Assert.Equal("a%uDC00%uD800b", RecordKey.OfState("a\udc00\ud800b"));
        Assert.Equal(GrainId.Create("t", "\ud800"), GrainId.Create("t", "\udfff"));
        Assert.Equal("t/\ufffd", RecordKey.OfGrain(GrainId.Create("t", "\ud800")));
    }

    [Fact]
    public void RecordKey_OfDifferentBytes_IsNeverTheSame()
    {
        var difficult = Gen.OneOf(Gen.OneOf<byte>(0, (byte)'%', (byte)'/', (byte)'2', (byte)'F', 0xC3, 0xA9, 0xFF, 0xED, 0xA0, 0x80), Gen.Byte);
        Gen.Select(difficult.Array[0, 6], difficult.Array[0, 6], difficult.Array[0, 6], difficult.Array[0, 6])
            .Sample((type1, key1, type2, key2) =>
            {
                var first = new GrainId(new GrainType(type1), new IdSpan(key1));
                var second = new GrainId(new GrainType(type2), new IdSpan(key2));
                var areSame = type1.AsSpan().SequenceEqual(type2) && key1.AsSpan().SequenceEqual(key2);
                Assert.Equal(areSame, RecordKey.OfGrain(first) == RecordKey.OfGrain(second));
            });
    }

    [Fact]
    public void RecordKey_OfDifferentNames_IsNeverTheSame()
    {
        var name = Gen.OneOf('%', 'u', 'D', '8', '0', '\0', '\ud800', '\udc00', 'é', '2', '5').Array[0, 6].Select(chars => new string(chars));
        Gen.Select(name, name).Sample((first, second) => Assert.Equal(first == second, RecordKey.OfState(first) == RecordKey.OfState(second)));
    }

    private async Task AssertUnreadableAndUntouchedAsync()
    {
        var before = Stored("SELECT version || ' ' || hex(data) || ' ' || checksum FROM grain_state");
        var state = new GrainState<SampleState>();

        var failure = await Assert.ThrowsAsync<UnreadableStateException>(() => _harness.Storage.ReadStateAsync("state", Grain, state));
        Assert.Contains("sample/damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'state'", failure.Message, StringComparison.Ordinal);
        Assert.Null(state.ETag);

        // Whoever takes it for empty all the same is stopped by the ETag.
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(9));
        Assert.Equal(before, Stored("SELECT version || ' ' || hex(data) || ' ' || checksum FROM grain_state"));
    }

    private void SetData(byte[] data, bool isChecksumRight)
    {
        var checksum = unchecked((long)XxHash3.HashToUInt64(data));
        _harness.Execute(
            $"UPDATE grain_state SET data = x'{Convert.ToHexString(data)}'" + (isChecksumRight ? $", checksum = {checksum}" : ""));
    }

    private string? Stored(string sql)
    {
        using var connection = _harness.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<GrainState<SampleState>> WriteAsync(long number, string? text = null, string name = "state")
    {
        var state = new GrainState<SampleState>(new SampleState { Number = number, Text = text });
        await _harness.Storage.WriteStateAsync(name, Grain, state);
        return state;
    }
}
