using CsCheck;
using Orleans.Storage;

namespace OrleansTokens.Storage.Conformance.GrainStorage;

public abstract partial class GrainStorageConformance
{
    private static readonly Gen<Step[]> AnySteps = Gen.Select(
        Gen.Int[0, 3],
        Gen.OneOf("state", "other"),
        Gen.Frequency(
            (5, Gen.Const(StepKind.Write)), (3, Gen.Const(StepKind.Read)), (3, Gen.Const(StepKind.Clear)), (1, Gen.Const(StepKind.Reopen))),
        Gen.Frequency(
            (6, Gen.Const(ETagKind.Current)), (2, Gen.Const(ETagKind.None)), (2, Gen.Const(ETagKind.Earlier)), (1, Gen.Const(ETagKind.Foreign))),
        (key, name, kind, etag) => new Step(key, name, kind, etag)).Array[1, 40];

    /// <summary>How many random sequences are tried; each has up to 40 steps.</summary>
    protected virtual int ModelSequences => 100;

    private enum StepKind
    {
        Write,
        Read,
        Clear,
        Reopen,
    }

    private enum ETagKind
    {
        Current,
        None,
        Earlier,
        Foreign,
    }

    [Fact]
    [Trait("Orleans", "RunGeneratedConformanceTests")]
    public async Task AnySequence_OfReadsWritesClearsAndReopens_DoesWhatTheModelDoes()
    {
        var sequence = 0;
        // One at a time, because reopening closes the storage for all.
        await AnySteps.SampleAsync(
            async steps =>
            {
                var model = new Dictionary<(int Key, string Name), ModelRecord>();
                var id = sequence++;
                for (var i = 0; i < steps.Length; i++)
                {
                    await RunAsync(model, steps[i], NewGrain($"model-{id}-{steps[i].Key}"), number: i);
                }
            },
            iter: ModelSequences,
            threads: 1);
    }

    private async Task RunAsync(Dictionary<(int Key, string Name), ModelRecord> model, Step step, GrainId grain, int number)
    {
        if (step.Kind == StepKind.Reopen)
        {
            await ReopenAsync();
            return;
        }

        if (!model.TryGetValue((step.Key, step.Name), out var record))
        {
            record = model[(step.Key, step.Name)] = new ModelRecord();
        }

        if (step.Kind == StepKind.Read)
        {
            var read = await ReadAsync(grain, step.Name);
            Assert.Equal(record.ETag, read.ETag);
            Assert.Equal(record.Number is not null, read.RecordExists);
            Assert.Equal(record.Number ?? 0, read.State!.Number);
            return;
        }

        var etag = step.ETag switch
        {
            ETagKind.Current => record.ETag,
            ETagKind.Earlier => record.Given.SkipLast(1).LastOrDefault(),
            ETagKind.Foreign => "foreign",
            _ => null,
        };
        var state = State(number, etag: etag);
        var isClear = step.Kind == StepKind.Clear;
        Assert.Equal(etag == record.ETag, await IsAcceptedAsync(grain, step.Name, state, isClear));
        if (etag == record.ETag)
        {
            record.Apply(state, isClear);
        }
    }

    private async Task<bool> IsAcceptedAsync(GrainId grain, string name, GrainState<SampleState> state, bool isClear)
    {
        try
        {
            await (isClear ? Storage.ClearStateAsync(name, grain, state) : Storage.WriteStateAsync(name, grain, state));
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private sealed record Step(int Key, string Name, StepKind Kind, ETagKind ETag);

    private sealed class ModelRecord
    {
        public List<string> Given { get; } = [];

        public string? ETag { get; private set; }

        public long? Number { get; private set; }

        public void Apply(GrainState<SampleState> state, bool isClear)
        {
            Assert.Equal(!isClear, state.RecordExists);
            if (state.ETag is null)
            {
                // Only where nothing was stored can a clear leave nothing behind.
                Assert.True(isClear && ETag is null);
                return;
            }

            Assert.DoesNotContain(state.ETag, Given);
            Given.Add(state.ETag);
            ETag = state.ETag;
            Number = isClear ? null : state.State!.Number;
        }
    }
}
