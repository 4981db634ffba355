using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Running;

/// <summary>Which links of a cluster do not work.</summary>
internal sealed class ClusterLinks(Cluster cluster)
{
    private readonly Lock _lock = new();
    private readonly List<Broken> _broken = [];

    /// <summary>Cuts, or stalls, the link between two silos; says what heals it.</summary>
    public Action Break(int silo, int other, bool cut) => Break(new Broken(silo, other, null, cut), new Broken(other, silo, null, cut));

    /// <summary>Cuts, or stalls, the link between a client and a silo; says what heals it.</summary>
    public Action BreakClient(int client, int silo, bool cut) => Break(new Broken(silo, null, client, cut));

    public void Heal()
    {
        lock (_lock)
        {
            _broken.Clear();
        }

        TellAll();
    }

    /// <summary>Tells a silo which of its links do not work.</summary>
    public void Tell(ChildProcess silo)
    {
        LinksMessage message;
        lock (_lock)
        {
            var own = _broken.Where(link => cluster.Slots[link.Silo].Process == silo).ToLookup(static link => link.Cut);
            message = new LinksMessage(Silos(own[true]), Silos(own[false]), Clients(own[true]), Clients(own[false]));
        }

        // One that stands still hears of it when it goes on, and one that has just ended does not have to.
        _ = silo.Peer?.CallAsync<LinksMessage, Nothing>(Operations.Links, message)
            .ContinueWith(static told => _ = told.Exception, TaskScheduler.Default);
    }

    private List<int> Silos(IEnumerable<Broken> links) =>
        [.. links.Select(static link => link.OtherSilo).OfType<int>().Select(other => cluster.Slots[other].SiloPort)];

    private static List<int> Clients(IEnumerable<Broken> links) => [.. links.Select(static link => link.Client).OfType<int>()];

    private Action Break(params Broken[] links)
    {
        lock (_lock)
        {
            _broken.AddRange(links);
        }

        TellAll();
        return () =>
        {
            lock (_lock)
            {
                Array.ForEach(links, link => _broken.Remove(link));
            }

            TellAll();
        };
    }

    private void TellAll()
    {
        foreach (var slot in cluster.Slots.Where(static s => s.IsRunning))
        {
            Tell(slot.Process!);
        }
    }

    /// <summary>A link of a silo, to another silo or to a client.</summary>
    private sealed record Broken(int Silo, int? OtherSilo, int? Client, bool Cut);
}
