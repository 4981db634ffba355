using System.Globalization;
using System.Text;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Checking;

/// <summary>As much of a history as shows a violation, for people.</summary>
internal static class Excerpt
{
    private const int ValidationsBefore = 3;

    public static string Of(HistoryLog log, Violation violation, IReadOnlyList<FaultLog> faults)
    {
        var validation = violation.Validation;
        var last = log.Operations.Where(o => o.Begin <= validation.End).ToList();
        var zero = last.Count > 0 ? last[^1].Begin : validation.Begin;
        var lines = new List<(long At, string Text)>();
        lines.AddRange(last.SelectMany(Lines));
        lines.AddRange(log.Validations
            .Where(v => v.Client == validation.Client && v.Subject == validation.Subject && v.Begin < validation.Begin)
            .OrderBy(static v => v.Begin)
            .TakeLast(ValidationsBefore)
            .Select(static v => (v.Begin, Line(v))));
        lines.AddRange(faults
            .Where(f => f.Begin <= validation.End && f.End >= zero - log.Lease.Ticks)
            .SelectMany(static f => new[] { (f.Begin, $"fault begins: {f.What}"), (f.End, $"fault ends: {f.What}") })
            .Where(line => line.Item1 <= validation.End));
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{violation.Kind} in {log.Name}: {log.Subjects[validation.Subject]}");
        foreach (var (at, line) in lines.OrderBy(static l => l.At))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Milliseconds(at, zero),9} ms  {line}");
        }

        text.Append(CultureInfo.InvariantCulture, $"  {Milliseconds(validation.Begin, zero),9} ms  {Line(validation)}  <-- must not be");
        return text.ToString();
    }

    private static IEnumerable<(long At, string Text)> Lines(OperationLog operation)
    {
        foreach (var call in operation.Calls)
        {
            yield return (call.Begin, $"{operation.Operation}: called");
            yield return (call.End, $"{operation.Operation}: {call.Outcome} {call.Note}");
        }

        if (operation.DurableAt is { } durable)
        {
            yield return (durable, $"{operation.Operation}: durable");
        }
    }

    private static string Line(ValidationLog validation)
    {
        var reason = validation.Reason == DenyReason.None ? "" : $" ({DenyReasonNames.Of(validation.Reason)})";
        var took = Milliseconds(validation.End, validation.Begin);
        return $"{validation.Client} asks{(validation.Final ? " at the end" : "")}: {validation.Outcome}{reason} after {took} ms";
    }

    private static string Milliseconds(long at, long zero) =>
        ((at - zero) / (double)TimeSpan.TicksPerMillisecond).ToString("F2", CultureInfo.InvariantCulture);
}
