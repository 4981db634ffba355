using System.Diagnostics.Metrics;
using System.Threading.Channels;
using OrleansTokens.Client.Leases;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>Hears how renewals end.</summary>
internal sealed class Outcomes : IDisposable
{
    private readonly Channel<string> _outcomes = Channel.CreateUnbounded<string>();
    private readonly MeterListener _listener = new();

    public Outcomes(ClientMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter) && instrument.Name.EndsWith("renewals", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _outcomes.Writer.TryWrite((string)tags[0].Value!));
        _listener.Start();
    }

    public Task<string> NextAsync() => _outcomes.Reader.ReadAsync().AsTask();

    public void Dispose() => _listener.Dispose();
}
