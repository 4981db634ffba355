using System.Globalization;
using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Running;

/// <summary>Which protections are switched off, one at a time.</summary>
internal sealed record MutationOptions
{
    public const string Usage = "       Histories mutations [--only PROTECTION,…] [--seed S] [--control] [--out FILE]";

    public IReadOnlyList<LeaseProtection> Only { get; init; } = Enum.GetValues<LeaseProtection>();

    public ulong Seed { get; init; } = 1;

    /// <summary>Whether all protections are left on instead: then nothing must be found.</summary>
    public bool Control { get; init; }

    public string? Out { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">Something in it is wrong.</exception>
    public static MutationOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new MutationOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--control")
            {
                options = options with { Control = true };
                continue;
            }

            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            options = arguments[i++] switch
            {
                "--only" => options with { Only = [.. value.Split(',').Select(RunOptions.ParseProtection)] },
                "--seed" => options with
                {
                    Seed = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
                        ? seed
                        : throw new ArgumentException("--seed is a number."),
                },
                "--out" => options with { Out = value },
                var name => throw new ArgumentException($"There is no option {name}."),
            };
        }

        return options;
    }
}
