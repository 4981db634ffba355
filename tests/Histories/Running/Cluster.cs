using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OrleansTokens.Histories.Store;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Running;

/// <summary>What a cluster is made of.</summary>
internal sealed record ClusterOptions
{
    public int Silos { get; init; } = 2;

    public int Clients { get; init; } = 2;

    public TimeSpan Lease { get; init; }

    public TimeSpan Pace { get; init; }

    /// <summary>While so many validations of one subject are under way, a client begins no more of it.</summary>
    public int MaxUnderWay { get; init; } = 8;

    public LeaseProtection? Without { get; init; }

    /// <summary>Whether silos have activations of tokens of their own, whatever others have.</summary>
    public bool Duplicates { get; init; }

    /// <summary>Whether each client knows one silo only, the next the next.</summary>
    public bool OneSiloEach { get; init; }

    /// <summary>What the wall clock of each silo is ahead, by slot, one more than there are silos.</summary>
    public IReadOnlyList<TimeSpan> ClockOffsets { get; init; } = [];

    /// <summary>How fast the clocks of silos and then of clients run; none: all right.</summary>
    public IReadOnlyList<double> ClockRates { get; init; } = [];
}

/// <summary>A place for a silo: another one is there after the first was killed.</summary>
internal sealed class SiloSlot(string name, int siloPort, int gatewayPort)
{
    public string Name { get; } = name;

    public int SiloPort { get; } = siloPort;

    public int GatewayPort { get; } = gatewayPort;

    /// <summary>Who is there, or was last; null where nobody ever was.</summary>
    public ChildProcess? Process { get; set; }

    public bool IsRunning => Process is { HasExited: false };
}

/// <summary>Silos and clients as processes of their own, and the storage between them.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HealsWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly ClusterOptions _options;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, ChildProcess> _children = [];
    private readonly List<Peer> _peers = [];
    private int _started;

    private Cluster(ClusterOptions options)
    {
        _options = options;
        var ports = FreePorts(2 * (options.Silos + 1));
        Slots = [.. Enumerable.Range(0, options.Silos + 1).Select(i => new SiloSlot($"silo{i}", ports[2 * i], ports[(2 * i) + 1]))];
        Links = new ClusterLinks(this);
    }

    public GridStore Store { get; } = new();

    /// <summary>The places of silos; the last one is empty at first.</summary>
    public IReadOnlyList<SiloSlot> Slots { get; }

    public IReadOnlyList<ChildProcess> Clients { get; private set; } = [];

    public ClusterLinks Links { get; }

    private int CoordinatorPort => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static async Task<Cluster> StartAsync(ClusterOptions options)
    {
        var cluster = new Cluster(options);
        try
        {
            cluster._listener.Start();
            _ = cluster.AcceptAllAsync();
            await Task.WhenAll(Enumerable.Range(0, options.Silos).Select(cluster.StartSiloAsync));
            cluster.Clients = [.. Enumerable.Range(0, options.Clients).Select(cluster.StartClient)];
            await Task.WhenAll(cluster.Clients.Select(static c => c.Ready)).WaitAsync(StartsWithin, TimeProvider.System);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo in a place where none runs; completes when it is ready.</summary>
    public async Task StartSiloAsync(int slot)
    {
        var place = Slots[slot];
        if (place.Process is { } former)
        {
            _children.TryRemove(former.Name, out _);
            former.Dispose();
        }

        place.Process = Start("silo", Options($"{place.Name}.{Interlocked.Increment(ref _started)}", slot) with
        {
            SiloPort = place.SiloPort,
            GatewayPort = place.GatewayPort,
            ClockOffset = slot < _options.ClockOffsets.Count ? _options.ClockOffsets[slot] : TimeSpan.Zero,
        });
        await place.Process.Ready.WaitAsync(StartsWithin, TimeProvider.System);
    }

    /// <summary>Ends all faults, and waits until there are as many silos as at first, that know each other.</summary>
    public async Task HealAsync()
    {
        Store.Heal();
        foreach (var child in Slots.Select(static s => s.Process).OfType<ChildProcess>().Concat(Clients))
        {
            child.Resume();
        }

        Links.Heal();
        var began = Clock.Now;
        while (!await MendAsync())
        {
            if (Clock.Now - began > HealsWithin.Ticks)
            {
                throw new InvalidOperationException($"The cluster does not heal:\n{Describe()}");
            }

            await Clock.DelayAsync(LookAgainAfter);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var child in _children.Values)
        {
            child.Kill();
        }

        foreach (var child in _children.Values)
        {
            await child.WaitForExitAsync();
            child.Dispose();
        }

        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }
    }

    /// <summary>One step towards the cluster there was at first; says whether it is that.</summary>
    private async Task<bool> MendAsync()
    {
        var table = Store.Members.Rows.Where(static row => row.Status != (int)SiloStatus.Dead).ToList();
        foreach (var place in Slots.Where(static s => s.IsRunning && s.Process!.Ready.IsCompletedSuccessfully))
        {
            // It was declared dead, and will learn of it. That takes longer than there is time.
            if (!table.Any(row => row.Name == place.Process!.Name))
            {
                place.Process!.Kill();
                await place.Process.WaitForExitAsync();
            }
        }

        var extra = Slots.Where(static s => s.IsRunning).Skip(_options.Silos).ToList();
        foreach (var place in extra)
        {
            place.Process!.Stop();
            await place.Process.WaitForExitAsync();
        }

        var missing = _options.Silos - Slots.Count(static s => s.IsRunning);
        var empty = Enumerable.Range(0, Slots.Count).Where(i => !Slots[i].IsRunning).Take(Math.Max(0, missing));
        await Task.WhenAll(empty.Select(StartSiloAsync));
        table = [.. Store.Members.Rows.Where(static row => row.Status != (int)SiloStatus.Dead)];
        return table.Count == _options.Silos && table.All(row => row.Status == (int)SiloStatus.Active && IsRunning(row.Name));
    }

    private bool IsRunning(string name) => Slots.Any(s => s.IsRunning && s.Process!.Name == name);

    private string Describe() => string.Join('\n', Slots.Select(s => $"{s.Name}: {(s.IsRunning ? "runs" : "does not run")}\n{s.Process?.Output}"))
        + "\n" + string.Join('\n', Store.Members.Rows);

    private ChildProcess StartClient(int number) => Start("client", Options($"client{number}", _options.Silos + 1 + number) with
    {
        Gateways = _options.OneSiloEach ? [Slots[number % _options.Silos].GatewayPort] : [.. Slots.Select(static s => s.GatewayPort)],
    });

    private ChildProcess Start(string verb, ProcessOptions options)
    {
        var child = ChildProcess.Start(verb, options);
        _children[options.Name] = child;
        return child;
    }

    private ProcessOptions Options(string name, int number) => new()
    {
        Name = name,
        CoordinatorPort = CoordinatorPort,
        Lease = _options.Lease,
        Pace = _options.Pace,
        MaxUnderWay = _options.MaxUnderWay,
        Without = _options.Without,
        Duplicates = _options.Duplicates,
        ClockRate = number < _options.ClockRates.Count ? _options.ClockRates[number] : 1,
    };

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                Serve(new Peer(await _listener.AcceptSocketAsync()));
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private void Serve(Peer peer)
    {
        _peers.Add(peer);
        peer.On<HelloMessage, Nothing>(Operations.Hello, async hello =>
        {
            var child = await ChildAsync(hello.Name);
            child.Peer = peer;
            if (Slots.FirstOrDefault(s => hello.Name.StartsWith(s.Name + ".", StringComparison.Ordinal)) is { } slot)
            {
                Store.Serve(peer, slot.Name);
                Links.Tell(child);
            }

            return Nothing.Instance;
        });
        peer.On<WhoMessage, int>(Operations.Who, who => ValueTask.FromResult(
            Clients.ToList().FindIndex(client => SocketOwners.Owns(client.Id, who.Port))));
        peer.On<HelloMessage, Nothing>(Operations.Ready, hello =>
        {
            _children[hello.Name].SayReady();
            return ValueTask.FromResult(Nothing.Instance);
        });
        peer.Start();
    }

    /// <summary>It may have connected before it was written down here.</summary>
    private async Task<ChildProcess> ChildAsync(string name)
    {
        ChildProcess? child;
        while (!_children.TryGetValue(name, out child))
        {
            await Clock.DelayAsync(LookAgainAfter);
        }

        return child;
    }

    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(static l => l.Start());
        var ports = listeners.ConvertAll(static l => ((IPEndPoint)l.LocalEndpoint).Port);
        listeners.ForEach(static l => l.Stop());
        return ports;
    }
}
