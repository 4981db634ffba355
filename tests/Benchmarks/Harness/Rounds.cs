using static OrleansTokens.Benchmarks.Report;

namespace OrleansTokens.Benchmarks;

/// <summary>Something that takes its turn in every round.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="RunAsync">Loads it for so many seconds.</param>
internal sealed record Contender(string Name, Func<double, Task<LoadResult>> RunAsync)
{
    /// <summary>A server that is asked over HTTP, the requests being in a file.</summary>
    public static Contender Http(string name, int port, string requests, int connections = 64) =>
        new(name, seconds => LoadGenerator.StartAsync(new LoadOrder(port, connections, seconds, requests)));
}

/// <summary>
/// What contenders came to that took turns: A B C A B C …, so that what else the machine does meets all of them. A ratio is the median of the
/// ratios within each round.
/// </summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, List<LoadResult>> _results;

    private Rounds(Dictionary<string, List<LoadResult>> results) => _results = results;

    /// <summary>Runs them, after a round that is not counted: everything is compiled and connected by then.</summary>
    public static async Task<Rounds> RunAsync(Scale scale, IReadOnlyList<Contender> contenders)
    {
        foreach (var contender in contenders)
        {
            await contender.RunAsync(scale.RoundSeconds);
        }

        var results = contenders.ToDictionary(static c => c.Name, static _ => new List<LoadResult>());
        for (var round = 0; round < scale.Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                results[contender.Name].Add(await contender.RunAsync(scale.RoundSeconds));
            }
        }

        return new Rounds(results);
    }

    /// <summary>The median of a figure of one contender.</summary>
    public double Of(string name, Func<LoadResult, double> figure) => Median(_results[name].Select(figure));

    /// <summary>How many times as many requests a second one contender answers as another: the median, the lowest and the highest round.</summary>
    public Ratio Times(string name, string than)
    {
        var ratios = _results[name].Zip(_results[than], static (a, b) => a.RequestsPerSecond / b.RequestsPerSecond).ToList();
        return new Ratio(Median(ratios), ratios.Min(), ratios.Max());
    }

    /// <summary>How many of the answers refused, of all rounds.</summary>
    public double Refused(string name) =>
        _results[name].Sum(static r => (double)r.Refused) / _results[name].Sum(static r => r.Statuses.Values.Sum());

    /// <summary>Which statuses were answered.</summary>
    public string Answers(string name) => string.Join(", ", _results[name].SelectMany(static r => r.Statuses.Keys).Distinct().Order());

    /// <summary>Writes how contenders compare, two by two.</summary>
    public void Ratios(Report report, IEnumerable<(string Name, string Than)> pairs) => report.Table(
        "Times as many a second: medians of the ratios within each round",
        ["this", "against that", "times", "lowest round", "highest round"],
        pairs.Select(pair =>
        {
            var times = Times(pair.Name, pair.Than);
            return new[] { pair.Name, pair.Than, Number(times.Median, 2), Number(times.Lowest, 2), Number(times.Highest, 2) };
        }));

    /// <summary>Writes one row for each contender, with its rate as a share of the first one's.</summary>
    public void Table(Report report, string title, string ofFirst, IReadOnlyList<string> names) => report.Table(
        title,
        ["case", "requests/s", ofFirst, "lowest to highest", "p50 ms", "p99 ms", "refused", "answers"],
        names.Select(name =>
        {
            var share = Times(name, names[0]);
            string[] row =
            [
                name, Number(Of(name, static r => r.RequestsPerSecond)), Percent(share.Median), $"{Percent(share.Lowest)} to {Percent(share.Highest)}",
            ];
            return Answers(name).Length == 0
                ? [.. row, "", "", "", ""] // Those that step count nothing but how often.
                : (string[])[.. row, Number(Of(name, static r => r.P50), 2), Number(Of(name, static r => r.P99), 2), Percent(Refused(name), 1), Answers(name)];
        }));
}

/// <summary>How one thing compares with another, over the rounds.</summary>
internal readonly record struct Ratio(double Median, double Lowest, double Highest);
