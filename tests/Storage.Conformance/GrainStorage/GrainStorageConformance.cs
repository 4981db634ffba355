using System.Security.Cryptography;
using Orleans.Storage;

namespace OrleansTokens.Storage.Conformance.GrainStorage;

/// <summary>
/// What every grain storage must do. A backend passes by deriving a class that opens and closes it; each test uses records of its own,
/// so that the store may be shared. The trait "Orleans" names the case of Orleans' own GrainStorageTestRunner that a test stands for.
/// </summary>
/// <remarks>
/// A cleared record keeps an ETag (DeleteStateOnClear = false). Backends of which a statement cannot be true override the properties
/// below, which is then their list of exemptions.
/// </remarks>
public abstract partial class GrainStorageConformance : IAsyncLifetime
{
    private readonly string _prefix = RandomNumberGenerator.GetHexString(16);
    private IGrainStorage? _storage;

    /// <summary>The size of a state that must fit, in characters.</summary>
    protected virtual int LargeStateLength => 5 << 20;

    /// <summary>Texts that must work, and stay apart, as grain keys and as state names.</summary>
    protected virtual IReadOnlyList<string> DifficultTexts =>
    [
        "", " ", "a", "a ", " a", "A", "a/b", "a/b/", "/", "a\\b", "a#b", "a?b", "a_b", "a%b", "a%2Fb", "a%00b", "'", "''", "a'b", "\"", "--",
        "%", "_", "*", ";", "\0", "a\0", "a\0b", "\u0001", "\t", "\r\n", "\u007f", "\u0085", "é", "e\u0301", "Ж", "ж", "ß", "ss", "İ", "i",
        "\u200b", "\u202e", "\ufeff", "\uffff", "\ufffd", "漢字", "😀", "👩‍👩‍👧", "..", ".", "null", "0", "00", "1e3", new string('x', 900),
        new string('漢', 300),
    ];

    protected IGrainStorage Storage => _storage ?? throw new InvalidOperationException("The storage is closed.");

    public async ValueTask InitializeAsync() => _storage = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the backend; after <see cref="CloseAsync"/> once more, on the same data.</summary>
    protected abstract Task<IGrainStorage> OpenAsync();

    protected abstract Task CloseAsync();

    /// <summary>Removes the data of this test, where it is a burden.</summary>
    protected virtual Task RemoveAsync() => Task.CompletedTask;

    protected async Task ReopenAsync()
    {
        _storage = null;
        await CloseAsync();
        _storage = await OpenAsync();
    }

    protected GrainId NewGrain(string key = "grain") => GrainId.Create("sample", $"{_prefix}-{key}");

    protected static GrainState<SampleState> State(long number, string? text = null, string? etag = null) =>
        new(new SampleState { Number = number, Text = text }, etag!);

    protected async Task<GrainState<SampleState>> WriteAsync(GrainId grain, long number, string? etag = null, string name = "state")
    {
        var state = State(number, etag: etag);
        await Storage.WriteStateAsync(name, grain, state);
        return state;
    }

    protected async Task<GrainState<SampleState>> ReadAsync(GrainId grain, string name = "state")
    {
        // Whatever the reader held before must be replaced, whether there is a record or not.
        var state = new GrainState<SampleState>(new SampleState { Number = -1, Text = "stale" }, "stale") { RecordExists = true };
        await Storage.ReadStateAsync(name, grain, state);
        return state;
    }

    protected static void AssertRecord(long number, string? etag, GrainState<SampleState> actual)
    {
        Assert.True(actual.RecordExists);
        Assert.Equal(new SampleState { Number = number }, actual.State);
        Assert.Equal(etag, actual.ETag);
    }

    protected static void AssertNothing(GrainState<SampleState> actual)
    {
        Assert.False(actual.RecordExists);
        Assert.Equal(new SampleState(), actual.State);
    }

    private static Task<InconsistentStateException> AssertInconsistentAsync(Func<Task> write) => Assert.ThrowsAnyAsync<InconsistentStateException>(write);
}
