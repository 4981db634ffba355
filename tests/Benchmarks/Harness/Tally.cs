using System.Diagnostics;

namespace OrleansTokens.Benchmarks;

/// <summary>What a run of load came to.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
/// <param name="Statuses">How many answers had each status.</param>
/// <param name="Refused">How many answers refused: by their status, or because they say that a token is not active.</param>
/// <param name="Timeline">How many answers came in each <see cref="Tally.Tick"/>.</param>
internal sealed record LoadResult(
    double RequestsPerSecond, double P50, double P99, SortedDictionary<int, long> Statuses, long Refused, IReadOnlyList<int> Timeline)
{
    /// <summary>How many answers were not there at once, where that is looked at.</summary>
    public long Waited { get; init; }

    /// <summary>How many bytes the whole process allocated for each answer, where that is looked at.</summary>
    public double BytesOfEach { get; init; }
}

/// <summary>What one of those that ask has seen. Not for several threads at once.</summary>
internal sealed class Tally
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly List<(long At, long Took)> _answers = new(1 << 10);
    private readonly Dictionary<int, long> _statuses = [];
    private long _refused;

    /// <summary>Notes an answer.</summary>
    /// <param name="asked">When it was asked for, by the clock of the run.</param>
    /// <param name="answered">When it came.</param>
    /// <param name="status">Its status.</param>
    /// <param name="refused">Whether it refused.</param>
    public void Note(TimeSpan asked, TimeSpan answered, int status, bool refused)
    {
        _answers.Add((answered.Ticks, (answered - asked).Ticks));
        _statuses[status] = _statuses.GetValueOrDefault(status) + 1;
        _refused += refused ? 1 : 0;
    }

    /// <summary>Takes all together.</summary>
    public static LoadResult Sum(IReadOnlyCollection<Tally> tallies, TimeSpan elapsed)
    {
        var latencies = tallies.SelectMany(static t => t._answers).Select(static a => a.Took).Order().ToArray();
        var statuses = new SortedDictionary<int, long>();
        foreach (var (status, count) in tallies.SelectMany(static t => t._statuses))
        {
            statuses[status] = statuses.GetValueOrDefault(status) + count;
        }

        var ticks = new int[(int)(elapsed / Tick) + 1];
        foreach (var (at, _) in tallies.SelectMany(static t => t._answers))
        {
            ticks[(int)(TimeSpan.FromTicks(at) / Tick)]++;
        }

        return new LoadResult(
            latencies.Length / elapsed.TotalSeconds, Milliseconds(latencies, 0.5), Milliseconds(latencies, 0.99), statuses,
            tallies.Sum(static t => t._refused), ticks);
    }

    private static double Milliseconds(long[] sorted, double share) => Report.Percentile(sorted, share) / TimeSpan.TicksPerMillisecond;
}

/// <summary>When one of several may ask next, where there are to be so many a second of all.</summary>
/// <param name="Clock">The clock of the run.</param>
/// <param name="PerSecond">How many a second of all; 0: at once, always.</param>
/// <param name="Askers">How many ask.</param>
internal readonly record struct Pace(Stopwatch Clock, double PerSecond, int Askers)
{
    /// <summary>Waits until the asker of a number may ask for the n-th time; not at all where it is late.</summary>
    public Task WaitAsync(int asker, int n)
    {
        var ahead = PerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((((double)n * Askers) + asker) / PerSecond) - Clock.Elapsed;
        return ahead > TimeSpan.FromMilliseconds(1) ? Task.Delay(ahead, TimeProvider.System) : Task.CompletedTask;
    }
}
