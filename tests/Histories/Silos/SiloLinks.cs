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
        _silos.Set(links.CutSilos, links.StalledSilos);
        _clients.Set(links.CutClients, links.StalledClients);
    }

    private static int PortOf(ConnectionContext connection) => ((IPEndPoint)connection.RemoteEndPoint!).Port;
}

/// <summary>Connections of one kind, by the number of whoever is at the other end.</summary>
internal sealed class LinkSet(Func<ConnectionContext, Task<int>> findOther)
{
    private readonly ConcurrentDictionary<ConnectionContext, int> _open = [];
    private readonly ConcurrentDictionary<int, Gate> _gates = [];
    private volatile IReadOnlyList<int> _cut = [];

    public void Set(IReadOnlyList<int> cut, IReadOnlyList<int> stalled)
    {
        _cut = cut;
        foreach (var other in stalled)
        {
            GateOf(other).Set(open: false);
        }

        foreach (var (other, gate) in _gates)
        {
            gate.Set(open: !stalled.Contains(other));
        }

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

            connection.Transport = new GatedPipe(connection.Transport, GateOf(other));
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    private static void Cut(ConnectionContext connection) => connection.Abort(new ConnectionAbortedException("The link is cut."));

    private Gate GateOf(int other) => _gates.GetOrAdd(other, static _ => new Gate());
}
