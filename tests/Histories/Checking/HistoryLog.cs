using System.Collections.Immutable;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Checking;

/// <summary>How a call to the authority ended.</summary>
internal enum CallOutcome
{
    /// <summary>It said that it did it.</summary>
    Acknowledged,

    /// <summary>It is not known whether it did it, now or later.</summary>
    Unknown,

    /// <summary>It said that it did not, and never will.</summary>
    Refused,
}

/// <summary>One call. Times are in units of 100 ns, of the machine's clock.</summary>
internal readonly record struct CallLog(long Begin, long End, CallOutcome Outcome, string Note = "");

/// <summary>One operation, called once or more often.</summary>
/// <param name="Operation">What was done.</param>
/// <param name="DurableAt">When storage had it; null where it never had, or where it is not known.</param>
/// <param name="Calls">The calls: again after one of which the outcome is unknown, or twice at a time.</param>
internal sealed record OperationLog(Operation Operation, long? DurableAt, ImmutableArray<CallLog> Calls)
{
    /// <summary>Before this it cannot have had an effect.</summary>
    public long Begin => Calls.Min(static c => c.Begin);

    /// <summary>When the first call returned that acknowledged it; null where none did.</summary>
    public long? Returned => Calls.Where(static c => c.Outcome == CallOutcome.Acknowledged).Select(static c => (long?)c.End).Min();
}

/// <summary>What a validation came to.</summary>
internal enum Outcome
{
    Allowed,
    Refused,
    Unavailable,
}

/// <summary>One validation.</summary>
/// <param name="Client">Who asked.</param>
/// <param name="Subject">What, by its place in <see cref="HistoryLog.Subjects"/>.</param>
/// <param name="Begin">Before the question.</param>
/// <param name="End">After the answer.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Final">Whether it was asked when everything was over, and all faults were healed.</param>
internal readonly record struct ValidationLog(
    string Client, int Subject, long Begin, long End, Outcome Outcome, DenyReason Reason = DenyReason.None, bool Final = false);

/// <summary>Everything that happened in one history. Its operations came one after the other.</summary>
/// <param name="Name">Which one it is.</param>
/// <param name="Start">The world before the first operation.</param>
/// <param name="Operations">The operations, in order; only the last may be without an acknowledgement.</param>
/// <param name="Subjects">What was asked.</param>
/// <param name="Validations">The validations, in any order.</param>
/// <param name="Lease">How old what a decision rests on may be.</param>
internal sealed record HistoryLog(
    string Name,
    World Start,
    ImmutableArray<OperationLog> Operations,
    ImmutableArray<Subject> Subjects,
    ImmutableArray<ValidationLog> Validations,
    TimeSpan Lease);

/// <summary>A fault that was put on the cluster.</summary>
internal sealed record FaultLog(string What, long Begin, long End);
