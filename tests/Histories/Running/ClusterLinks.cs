using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Running;

/// <summary>How a link fails.</summary>
internal enum LinkFault
{
    /// <summary>It is broken, and refused.</summary>
    Cut,

    /// <summary>What is sent stays on its way.</summary>
    Stalled,

    /// <summary>What a silo sends stays on its way.</summary>
    Unanswered,

    /// <summary>What is sent to a silo stays on its way.</summary>
    Unheard,
}

/// <summary>Which links of a cluster do not work.</summary>
internal sealed class ClusterLinks(Cluster cluster)
{
    private readonly Lock _lock = new();
    private readonly List<Broken> _broken = [];

    /// <summary>Breaks the link between two silos; says what heals it.</summary>
    public Action Break(int silo, int other, LinkFault fault) => Break(new Broken(silo, other, null, fault), new Broken(other, silo, null, fault));

    /// <summary>Has what one silo sends another stay on its way; says what heals it.</summary>
    public Action StallOneWay(int from, int to) =>
        Break(new Broken(from, to, null, LinkFault.Unanswered), new Broken(to, from, null, LinkFault.Unheard));

    /// <summary>Breaks the link between a client and a silo; says what heals it.</summary>
    public Action BreakClient(int client, int silo, LinkFault fault) => Break(new Broken(silo, null, client, fault));

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
            var own = _broken.Where(link => cluster.Slots[link.Silo].Process == silo).ToLookup(static link => link.Fault);
            var unheard = own[LinkFault.Stalled].Concat(own[LinkFault.Unheard]).ToList();
            var unanswered = own[LinkFault.Stalled].Concat(own[LinkFault.Unanswered]).ToList();
            message = new LinksMessage(
                Silos(own[LinkFault.Cut]), Silos(unheard), Silos(unanswered), Clients(own[LinkFault.Cut]), Clients(unheard), Clients(unanswered));
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
    private sealed record Broken(int Silo, int? OtherSilo, int? Client, LinkFault Fault);
}
