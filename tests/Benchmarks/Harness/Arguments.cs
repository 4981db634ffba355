using System.Globalization;

namespace OrleansTokens.Benchmarks;

/// <summary>What is to be measured, as said on the command line.</summary>
/// <param name="Cases">The names of the cases.</param>
/// <param name="Scale">How much.</param>
/// <param name="Out">The file to write the report to, or null.</param>
internal sealed record Arguments(IReadOnlyList<string> Cases, Scale Scale, string? Out)
{
    /// <summary>Reads the command line; says what can be said, and null, where it cannot be read.</summary>
    public static Arguments? Read(string[] args, ICollection<string> known)
    {
        var (cases, scale, minutes, output) = (new List<string>(), Scale.Full, (double?)null, (string?)null);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    scale = Scale.Quick;
                    break;
                case "--out" when i + 1 < args.Length:
                    output = args[++i];
                    break;
                case "--minutes" when i + 1 < args.Length
                    && double.TryParse(args[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0:
                    (minutes, i) = (number, i + 1);
                    break;
                case var name when known.Contains(name):
                    cases.Add(name);
                    break;
                default:
                    Console.Error.WriteLine($"Usage: Benchmarks [--quick] [--out FILE] [--minutes N] [{string.Join("] [", known)}]");
                    Console.Error.WriteLine("Without names, all run. --minutes is how long the soak lasts.");
                    return null;
            }
        }

        return new Arguments(
            cases.Count == 0 ? [.. known] : cases, minutes is { } soak ? scale with { Soak = TimeSpan.FromMinutes(soak) } : scale, output);
    }
}
