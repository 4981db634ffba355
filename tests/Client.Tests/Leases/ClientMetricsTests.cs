using System.Diagnostics.Metrics;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

public sealed class ClientMetricsTests
{
    [Fact]
    public async Task Metrics_CountWhatHappens()
    {
        using var client = new LeasedClient(static o => o.MaxCachedDecisions = 2, maxTold: 1);
        var counts = new Dictionary<string, long>();
        using var listener = Listen(client, counts);
        for (var i = 0; i < 3; i++)
        {
            await client.AskAsync(path: "acme/p" + i);
            await client.AskAsync(path: "acme/p" + i);
        }

        await client.TellAsync(epoch: 0);
        client.Loss.NotifyClusterConnectionLost();
        await client.AskAsync();
        await client.TellAsync(epoch: 0, new TokenId(100));
        client.Grid.Fault = new TimeoutException();
        await Assert.ThrowsAsync<TokenAuthorityException>(async () => await client.AskAsync());
        listener.RecordObservableInstruments();
        var expected = new Dictionary<string, long>
        {
            ["hits"] = 3,
            ["misses"] = 5,
            ["entries"] = 0,
            ["dropped/room"] = 1,
            ["dropped/disconnected"] = 2,
            ["dropped/flooded"] = 1,
            ["revocations"] = 2,
            ["unavailable"] = 1,
        };
        Assert.Equal(expected, counts);
    }

    [Fact]
    public async Task Metrics_NameNobody()
    {
        using var client = new LeasedClient();
        var counts = new Dictionary<string, long>();
        using var listener = Listen(client, counts);
        for (var i = 0; i < 100; i++)
        {
            client.Grid.Decide = _ => Decision.Deny((DenyReason)(i % 19));
            await client.AskAsync("user" + i, path: "acme/p" + i);
        }

        Assert.Equal(["misses"], counts.Keys);
    }

    private static MeterListener Listen(LeasedClient client, Dictionary<string, long> counts)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, client.Metrics.Meter))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.Start();
        return listener;

        void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = instrument.Name["deploy_tokens.client.".Length..];
            var key = tags.Length == 0 ? name : $"{name}/{tags[0].Value}";
            counts[key] = counts.GetValueOrDefault(key) + value;
        }
    }
}
