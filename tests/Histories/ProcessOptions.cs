using System.Globalization;
using OrleansTokens.Histories.Silos;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Leases;

namespace OrleansTokens.Histories;

/// <summary>What a silo or client process is told on its command line: <c>--name value</c> pairs.</summary>
internal sealed record ProcessOptions
{
    public string Name { get; init; } = "";

    public int CoordinatorPort { get; init; }

    public int SiloPort { get; init; }

    public int GatewayPort { get; init; }

    /// <summary>Of a client: the gateways of all silos there may be.</summary>
    public IReadOnlyList<int> Gateways { get; init; } = [];

    public TimeSpan Lease { get; init; }

    /// <summary>How often a client asks everything it asks.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>While so many validations of one subject are under way, a client begins no more of it.</summary>
    public int MaxUnderWay { get; init; } = 8;

    public TimeSpan ClockOffset { get; init; }

    public double ClockRate { get; init; } = 1;

    public LeaseProtection? Without { get; init; }

    /// <summary>Of a silo: whether it has activations of tokens of its own, whatever other silos have.</summary>
    public bool Duplicates { get; init; }

    /// <summary>All protections but that one.</summary>
    public LeaseProtections Protections => Without is { } off ? LeaseProtections.Without(off) : LeaseProtections.All;

    /// <summary>The options as arguments.</summary>
    public IEnumerable<string> ToArguments()
    {
        yield return $"--name={Name}";
        yield return Argument("coordinator", CoordinatorPort);
        yield return Argument("silo-port", SiloPort);
        yield return Argument("gateway-port", GatewayPort);
        yield return $"--gateways={string.Join(',', Gateways)}";
        yield return Argument("lease", Lease.TotalMilliseconds);
        yield return Argument("pace", Pace.TotalMilliseconds);
        yield return Argument("max-under-way", MaxUnderWay);
        yield return Argument("clock-offset", ClockOffset.TotalMilliseconds);
        yield return Argument("clock-rate", ClockRate);
        yield return Argument("duplicates", Duplicates ? 1 : 0);
        if (Without is { } without)
        {
            yield return $"--without={without}";
        }
    }

    /// <summary>Reads what <see cref="ToArguments"/> wrote.</summary>
    public static ProcessOptions Parse(IEnumerable<string> arguments)
    {
        var given = arguments.Select(static a => a.Split('=', 2)).ToDictionary(static a => a[0][2..], static a => a[1]);
        return new ProcessOptions
        {
            Name = given["name"],
            CoordinatorPort = (int)Number("coordinator"),
            SiloPort = (int)Number("silo-port"),
            GatewayPort = (int)Number("gateway-port"),
            Gateways = [.. given["gateways"].Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(static g => int.Parse(g, CultureInfo.InvariantCulture))],
            Lease = TimeSpan.FromMilliseconds(Number("lease")),
            Pace = TimeSpan.FromMilliseconds(Number("pace")),
            MaxUnderWay = (int)Number("max-under-way"),
            ClockOffset = TimeSpan.FromMilliseconds(Number("clock-offset")),
            ClockRate = Number("clock-rate"),
            Duplicates = Number("duplicates") > 0,
            Without = given.TryGetValue("without", out var without) ? Enum.Parse<LeaseProtection>(without) : null,
        };

        double Number(string name) => double.Parse(given[name], CultureInfo.InvariantCulture);
    }

    /// <summary>The time by which the process goes.</summary>
    public TimeProvider CreateTime() =>
        Without == LeaseProtection.ClockCountsSleep ? new SleepingTime()
        : ClockOffset == TimeSpan.Zero && ClockRate == 1 ? TimeProvider.System : new SkewedTime(ClockOffset, ClockRate);

    /// <summary>Ends the process with the coordinator.</summary>
    public static async Task EndWithAsync(Peer coordinator)
    {
        await coordinator.Closed;
        Environment.Exit(0);
    }

    private static string Argument(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");
}
