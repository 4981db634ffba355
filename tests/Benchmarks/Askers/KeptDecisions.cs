using System.Diagnostics.Metrics;

namespace OrleansTokens.Benchmarks;

/// <summary>Reads from the client library's metrics how many decisions it keeps.</summary>
internal sealed class KeptDecisions : IDisposable
{
    private const string Meter = "OrleansTokens.Client";
    private const string Instrument = "deploy_tokens.client.entries";

    private readonly MeterListener _listener = new();
    private long _count;

    public KeptDecisions()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: Instrument, Meter.Name: Meter })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => _count = count);
        _listener.Start();
    }

    public long Count
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _count;
        }
    }

    public void Dispose() => _listener.Dispose();
}
