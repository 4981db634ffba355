using System.Globalization;
using System.Text.Json;
using OrleansTokens.Histories.Planning;
using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Running;

/// <summary>What to run.</summary>
internal sealed record RunOptions
{
    public const string Usage =
        """
        Usage: Histories run [--histories N] [--seed S] [--silos 2|3] [--clients K] [--lease-ms L] [--pace-ms P] [--side-by-side M]
                             [--faults all|none|NAME,…] [--without PROTECTION] [--keep-going] [--out FILE]
        """;

    public int Histories { get; init; } = 200;

    public ulong Seed { get; init; } = 1;

    public int Silos { get; init; } = 2;

    public int Clients { get; init; } = 2;

    public TimeSpan Lease { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>How often a client asks everything it asks.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How many histories run at once in a cluster.</summary>
    public int SideBySide { get; init; } = 25;

    /// <summary>After how many histories there is a new cluster.</summary>
    public int PerCluster { get; init; } = 400;

    public IReadOnlyList<FaultKind> Faults { get; init; } = FaultNames.Parse("all");

    public LeaseProtection? Without { get; init; }

    /// <summary>Whether to go on after a violation.</summary>
    public bool KeepGoing { get; init; }

    public string? Out { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">Something in it is wrong.</exception>
    public static RunOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new RunOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--keep-going")
            {
                options = options with { KeepGoing = true };
                continue;
            }

            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            options = options.With(arguments[i++], value);
        }

        return options;
    }

    public static string NameOf(LeaseProtection protection) => JsonNamingPolicy.KebabCaseLower.ConvertName(protection.ToString());

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static LeaseProtection ParseProtection(string name)
    {
        foreach (var protection in Enum.GetValues<LeaseProtection>())
        {
            if (NameOf(protection) == name)
            {
                return protection;
            }
        }

        throw new ArgumentException(
            $"There is no protection called {name}; there are: {string.Join(", ", Enum.GetValues<LeaseProtection>().Select(NameOf))}.");
    }

    private RunOptions With(string name, string value) => name switch
    {
        "--histories" => this with { Histories = Number(name, value, 1, 1_000_000) },
        "--seed" => this with { Seed = (ulong)Number(name, value, 0, int.MaxValue) },
        "--silos" => this with { Silos = Number(name, value, 2, 3) },
        "--clients" => this with { Clients = Number(name, value, 1, 8) },
        "--lease-ms" => this with { Lease = TimeSpan.FromMilliseconds(Number(name, value, 0, 60_000)) },
        "--pace-ms" => this with { Pace = TimeSpan.FromMilliseconds(Number(name, value, 1, 1000)) },
        "--side-by-side" => this with { SideBySide = Number(name, value, 1, 200) },
        "--per-cluster" => this with { PerCluster = Number(name, value, 1, 1_000_000) },
        "--faults" => this with { Faults = FaultNames.Parse(value) },
        "--without" => this with { Without = ParseProtection(value) },
        "--out" => this with { Out = value },
        _ => throw new ArgumentException($"There is no option {name}."),
    };

    private static int Number(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{name} is a number from {least} to {most}.");
}
