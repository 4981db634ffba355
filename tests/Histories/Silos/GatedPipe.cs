using System.IO.Pipelines;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Silos;

/// <summary>Both directions of a connection, each of which stands still while its gate is closed.</summary>
internal sealed class GatedPipe(IDuplexPipe inner, Gate input, Gate output) : IDuplexPipe
{
    public PipeReader Input { get; } = new GatedReader(inner.Input, input);

    public PipeWriter Output { get; } = new GatedWriter(inner.Output, output);

    private sealed class GatedReader(PipeReader inner, Gate gate) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(cancellationToken);
            await gate.WhenOpenAsync();
            return read;
        }

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return gate.WhenOpenAsync().IsCompleted && inner.TryRead(out result);
        }
    }

    private sealed class GatedWriter(PipeWriter inner, Gate gate) : PipeWriter
    {
        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await gate.WhenOpenAsync();
            return await inner.FlushAsync(cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);
    }
}
