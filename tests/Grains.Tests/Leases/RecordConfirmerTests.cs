using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>Asking storage for versions, for all grains together.</summary>
public sealed class RecordConfirmerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Versions _versions = new();
    private readonly LeaseClock _clock;
    private readonly RecordConfirmer _confirmer;

    public RecordConfirmerTests()
    {
        _clock = LeaseClock.Of(_time);
        _confirmer = new RecordConfirmer(_versions, _clock, _time, NullLogger<RecordConfirmer>.Instance);
    }

    [Fact]
    public async Task Read_OfARecord_SaysItsVersionAndWhenTheReadBegan()
    {
        var began = _clock.Now;
        var read = _confirmer.ReadAsync(Record(1));
        await _versions.AskedAsync(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        _versions.Answer();
        Assert.Equal(new RecordVersion("v1", began), await read);
    }

    [Fact]
    public async Task Read_WhileReadsAreUnderWay_GoesIntoTheNextOneTogether()
    {
        var first = Enumerable.Range(1, 4).Select(i => _confirmer.ReadAsync(Record(i))).ToList();
        await _versions.AskedAsync(first.Count);
        var late = Enumerable.Range(100, 1_500).Select(i => _confirmer.ReadAsync(Record(i))).ToList();
        _versions.Answer();
        await Task.WhenAll([.. first, .. late]);
        Assert.Equal("v1599", (await late[^1]).ETag);
        Assert.All(_versions.Batches, static size => Assert.InRange(size, 1, IRecordVersions.MaxBatch));
        Assert.InRange(_versions.Batches.Count, 3, 12);
    }

    [Fact]
    public async Task Read_WhenStorageFails_IsUnavailableAndTheNextOneIsAskedAnew()
    {
        _versions.Answer();
        _versions.Fault = new IOException("The disk is gone.");
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => _confirmer.ReadAsync(Record(1)));
        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        _versions.Fault = null;
        Assert.Equal("v1", (await _confirmer.ReadAsync(Record(1))).ETag);
    }

    [Fact]
    public async Task Read_WhenStorageHangs_IsUnavailable()
    {
        var read = _confirmer.ReadAsync(Record(1));
        await _versions.AskedAsync(1);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(() => read)).Code);
    }

    private static StoredRecord Record(int id) =>
        new(GrainId.Create("deploy-token", id.ToString(CultureInfo.InvariantCulture)), "token");

    /// <summary>Storage that answers when it is told to.</summary>
    private sealed class Versions : IRecordVersions
    {
        private readonly Lock _lock = new();
        private readonly List<int> _batches = [];
        private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
        private readonly TaskCompletionSource _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? Fault { get; set; }

        public IReadOnlyList<int> Batches
        {
            get
            {
                lock (_lock)
                {
                    return [.. _batches];
                }
            }
        }

        public void Answer() => _answers.TrySetResult();

        /// <summary>Completes when so many records were asked for.</summary>
        public Task AskedAsync(int count)
        {
            lock (_lock)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((count, reached));
                Tell();
                return reached.Task;
            }
        }

        public async ValueTask<IReadOnlyList<string?>> ReadVersionsAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellation)
        {
            lock (_lock)
            {
                _batches.Add(records.Count);
                Tell();
            }

            await _answers.Task;
            return Fault is null ? [.. records.Select(static r => "v" + r.Grain.Key.ToString())] : throw Fault;
        }

        private void Tell()
        {
            var asked = _batches.Sum();
            _waiting.FindAll(w => w.Count <= asked).ForEach(static w => w.Reached.TrySetResult());
        }
    }
}
