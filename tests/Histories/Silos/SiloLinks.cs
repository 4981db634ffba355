using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Silos;

/// <summary>The connections of a silo, which can be broken on command.</summary>
internal sealed class SiloLinks(Peer coordinator)
{
    // Every connection between two silos was opened by one of them, so a link is cut when both are told so.
    private readonly LinkSet _silos = new(static connection => Task.FromResult(PortOf(connection)));
    private readonly LinkSet _clients = new(
        connection => coordinator.CallAsync<WhoMessage, int>(Operations.Who, new WhoMessage(PortOf(connection))));

    /// <summary>Puts itself into the way of connections.</summary>
    public void Configure(SiloConnectionOptions options)
    {
        options.ConfigureSiloOutboundConnection(connections => connections.Use(next => connection => _silos.RunAsync(connection, next)));
        options.ConfigureGatewayInboundConnection(connections => connections.Use(next => connection => _clients.RunAsync(connection, next)));
    }

    /// <summary>From now on these links do not work, and all others do.</summary>
    public void Set(LinksMessage links)
    {
        _silos.Set(links.CutSilos, links.UnheardSilos, links.UnansweredSilos);
        _clients.Set(links.CutClients, links.UnheardClients, links.UnansweredClients);
    }

    private static int PortOf(ConnectionContext connection) => ((IPEndPoint)connection.RemoteEndPoint!).Port;
}

/// <summary>Connections of one kind, by the number of whoever is at the other end.</summary>
internal sealed class LinkSet(Func<ConnectionContext, Task<int>> findOther)
{
    private readonly ConcurrentDictionary<ConnectionContext, int> _open = [];
    private readonly ConcurrentDictionary<int, Gate> _inputs = [];
    private readonly ConcurrentDictionary<int, Gate> _outputs = [];
    private volatile IReadOnlyList<int> _cut = [];

    /// <summary>From now on these links do not work, and all others do.</summary>
    /// <param name="cut">Broken, and refused.</param>
    /// <param name="inputs">What comes in stays on its way.</param>
    /// <param name="outputs">What goes out stays on its way.</param>
    public void Set(IReadOnlyList<int> cut, IReadOnlyList<int> inputs, IReadOnlyList<int> outputs)
    {
        _cut = cut;
        Stall(_inputs, inputs);
        Stall(_outputs, outputs);
        foreach (var (connection, _) in _open.Where(c => cut.Contains(c.Value)))
        {
            Cut(connection);
        }
    }

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var other = await findOther(connection);
        _open[connection] = other;
        try
        {
            if (_cut.Contains(other))
            {
                Cut(connection);
                return;
            }

            connection.Transport = new GatedPipe(connection.Transport, GateOf(_inputs, other), GateOf(_outputs, other));
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    private static void Cut(ConnectionContext connection) => connection.Abort(new ConnectionAbortedException("The link is cut."));

    private static void Stall(ConcurrentDictionary<int, Gate> gates, IReadOnlyList<int> stalled)
    {
        foreach (var other in stalled)
        {
            GateOf(gates, other).Set(open: false);
        }

        foreach (var (other, gate) in gates)
        {
            gate.Set(open: !stalled.Contains(other));
        }
    }

    private static Gate GateOf(ConcurrentDictionary<int, Gate> gates, int other) => gates.GetOrAdd(other, static _ => new Gate());
}
