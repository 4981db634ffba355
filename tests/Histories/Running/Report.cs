using System.Globalization;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;

namespace OrleansTokens.Histories.Running;

/// <summary>Counts what was run, says what was found.</summary>
internal sealed class Report(TextWriter output) : IDisposable
{
    private readonly Dictionary<string, int> _operations = [];
    private readonly Dictionary<string, int> _faults = [];
    private readonly List<long> _returns = [];
    private TextWriter? _file;
    private long _began;
    private long _validations;
    private long _unavailable;

    public int Histories { get; private set; }

    /// <summary>Of them, those that saw a right before and after its end.</summary>
    public int Counted { get; private set; }

    public int Violations { get; private set; }

    public int Oddities { get; private set; }

    public bool HasFailed => Violations + Oddities > 0;

    /// <summary>The first violation, in words; null while there is none.</summary>
    public string? First { get; private set; }

    public void Begin(RunOptions options)
    {
        _began = Clock.Now;
        _file = options.Out is null ? null : new StreamWriter(options.Out);
        var without = options.Without is { } off ? $", without {RunOptions.NameOf(off)}" : "";
        var faults = options.Faults.Count == 0 ? "no faults" : string.Join(',', options.Faults.Select(FaultNames.Of));
        Write($"Histories: seed {options.Seed}, {options.Silos} silos, {options.Clients} clients, "
            + $"lease {options.Lease.TotalMilliseconds} ms{without}; {faults}");
    }

    public void Add(int stage, int round, RoundPlan plan, RoundResult result)
    {
        foreach (var log in result.Logs)
        {
            Histories++;
            Counted += HistoryChecker.Counts(log) ? 1 : 0;
            _validations += log.Validations.Length;
            _unavailable += log.Validations.Count(static v => v.Outcome == Outcome.Unavailable);
            foreach (var operation in log.Operations)
            {
                Count(_operations, operation.Operation.Kind + (operation.Returned is null ? " (unknown)" : ""));
                _returns.AddRange(operation is { DurableAt: { } durable, Returned: { } returned } ? [returned - durable] : []);
            }

            Add(stage, round, log, result.Faults);
        }

        plan.Faults.ToList().ForEach(fault => Count(_faults, FaultNames.Of(fault.Kind)));
        foreach (var oddity in result.Oddities)
        {
            Oddities++;
            Say($"Odd, in round {round} of cluster {stage}: {oddity}");
        }

        Write($"  cluster {stage}, round {round}: {Histories} histories, {Counted} count, {_validations} validations "
            + $"({_unavailable} unavailable), {Violations} violations; {Elapsed.TotalSeconds:F0} s; {string.Join("; ", plan.Faults)}");
    }

    public void End()
    {
        Write($"operations: {Text(_operations)}");
        Write($"faults: {Text(_faults)}");
        if (_returns.Count > 0)
        {
            var sorted = _returns.Order().ToList();
            Write($"from durable to returned: median {Milliseconds(sorted[sorted.Count / 2])}, "
                + $"99 % {Milliseconds(sorted[sorted.Count * 99 / 100])}, longest {Milliseconds(sorted[^1])}");
        }

        Write($"{Histories} histories, {Counted} of them count; {_validations} validations, {_unavailable} unavailable; "
            + $"{Violations} violations, {Oddities} oddities; {Elapsed.TotalSeconds:F0} s");
    }

    public void Dispose() => _file?.Dispose();

    private TimeSpan Elapsed => TimeSpan.FromTicks(Clock.Now - _began);

    private void Add(int stage, int round, HistoryLog log, IReadOnlyList<FaultLog> faults)
    {
        var found = HistoryChecker.Check(log);
        Violations += found.Count;
        if (found.Count > 0)
        {
            Say($"In round {round} of cluster {stage}, {found.Count} violations, the first of which:\n{Excerpt.Of(log, found[0], faults)}");
        }
    }

    private void Say(string found)
    {
        First ??= found;
        Write(found);
    }

    private void Write(FormattableString text) => Write(text.ToString(CultureInfo.InvariantCulture));

    private void Write(string text)
    {
        output.WriteLine(text);
        output.Flush();
        _file?.WriteLine(text);
        _file?.Flush();
    }

    private static void Count(Dictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;

    private static string Text(Dictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => $"{c.Key} {c.Value}"));

    private static string Milliseconds(long ticks) =>
        (ticks / (double)TimeSpan.TicksPerMillisecond).ToString("F1", CultureInfo.InvariantCulture) + " ms";
}
