namespace OrleansTokens.Histories.Checking;

/// <summary>What promise was broken.</summary>
internal enum ViolationKind
{
    /// <summary>Allowed, although the operation that took the right away had returned before the validation began.</summary>
    UsedAfterReturn,

    /// <summary>Allowed, although the right had been gone in storage for the length of a lease when the validation began.</summary>
    UsedAfterLease,

    /// <summary>Allowed what was not allowed at any time until then.</summary>
    NeverAllowed,

    /// <summary>Refused, and not as unavailable, what is allowed.</summary>
    RefusedThoughValid,

    /// <summary>When all was over and healed, an acknowledged change was gone.</summary>
    Lost,
}

/// <summary>A broken promise.</summary>
/// <param name="Kind">Which promise.</param>
/// <param name="Validation">The validation that shows it.</param>
/// <param name="Operation">The operation that it did not obey, by its place; null where there is none.</param>
internal sealed record Violation(ViolationKind Kind, ValidationLog Validation, int? Operation);

/// <summary>
/// Says what promises a history shows to be broken. Pure. Between its operations the world is in one of the states
/// <c>0, 1, …, n</c>; each answer must be right in one of those that it may rest on. Where somebody is asked about by path, the names may
/// be of another of those states than the rest: a path is looked up first, and what it leads to after that.
/// </summary>
internal sealed class HistoryChecker
{
    private readonly HistoryLog _log;
    private readonly World[] _states;
    private readonly long _lease;

    private HistoryChecker(HistoryLog log)
    {
        _log = log;
        _states = new World[log.Operations.Length + 1];
        _states[0] = log.Start;
        for (var i = 0; i < log.Operations.Length; i++)
        {
            _states[i + 1] = log.Operations[i].Operation.Apply(_states[i]);
        }

        _lease = log.Lease.Ticks;
    }

    /// <summary>All that is wrong, in order of time.</summary>
    public static IReadOnlyList<Violation> Check(HistoryLog log)
    {
        var checker = new HistoryChecker(log);
        return [.. log.Validations.Select(checker.Check).OfType<Violation>().OrderBy(static v => v.Validation.Begin)];
    }

    /// <summary>Whether a history could have shown something: a right ended in it, and was asked about before, with success, and after.</summary>
    public static bool Counts(HistoryLog log)
    {
        var checker = new HistoryChecker(log);
        return Enumerable.Range(0, log.Operations.Length).Any(checker.ShowsTheEnd);
    }

    private bool ShowsTheEnd(int operation)
    {
        var done = _log.Operations[operation];
        return done.Returned is { } returned && Enumerable.Range(0, _log.Subjects.Length).Any(subject =>
            Takes(operation, subject)
            && _log.Validations.Any(v => v.Subject == subject && v.Outcome == Outcome.Allowed && v.Begin < done.Begin)
            && _log.Validations.Any(v => v.Subject == subject && v.Outcome == Outcome.Refused && v.Begin > returned && !v.Final));
    }

    private Violation? Check(ValidationLog validation) => validation switch
    {
        { Outcome: Outcome.Unavailable } => null,
        { Final: true } => CheckFinal(validation),
        { Outcome: Outcome.Allowed } => CheckAllowed(validation),
        _ => CheckRefused(validation),
    };

    private Violation? CheckAllowed(ValidationLog validation)
    {
        var to = LastBegun(validation.End);
        if (IsIn(After(validation, ObeyedFrom), to, validation, entitled: true))
        {
            return null;
        }

        var kind = !IsIn(0, to, validation, entitled: true) ? ViolationKind.NeverAllowed
            : !IsIn(After(validation, static o => o.Returned), to, validation, entitled: true) ? ViolationKind.UsedAfterReturn
            : ViolationKind.UsedAfterLease;
        return new Violation(kind, validation, LastThatTakes(validation.Subject, to));
    }

    /// <summary>A right that was given holds from when the call has returned: a refusal may rest on nothing from before.</summary>
    private Violation? CheckRefused(ValidationLog validation)
    {
        var from = After(validation, static o => o.Returned);
        return IsIn(from, LastBegun(validation.End), validation, entitled: false)
            ? null
            : new Violation(ViolationKind.RefusedThoughValid, validation, null);
    }

    private Violation? CheckFinal(ValidationLog validation)
    {
        var from = _log.Operations is [.., { Returned: null }] ? _states.Length - 2 : _states.Length - 1;
        return IsIn(from, _states.Length - 1, validation, validation.Outcome == Outcome.Allowed)
            ? null
            : new Violation(ViolationKind.Lost, validation, LastThatTakes(validation.Subject, _states.Length - 1));
    }

    private long? ObeyedFrom(OperationLog operation) => Min(operation.Returned, DurableForALease(operation));

    private long? DurableForALease(OperationLog operation) => operation.DurableAt + _lease;

    private static long? Min(long? one, long? other) => one < other ? one : other ?? one;

    /// <summary>The first state that a validation may rest on: the one after the last operation that counts before it began.</summary>
    private int After(ValidationLog validation, Func<OperationLog, long?> counts)
    {
        for (var i = _log.Operations.Length; i > 0; i--)
        {
            if (counts(_log.Operations[i - 1]) < validation.Begin)
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>The last state that anything can rest on that ended then.</summary>
    private int LastBegun(long end)
    {
        var last = 0;
        for (var i = 0; i < _log.Operations.Length; i++)
        {
            last = _log.Operations[i].Begin <= end ? i + 1 : last;
        }

        return last;
    }

    private bool IsIn(int from, int to, ValidationLog validation, bool entitled)
    {
        var subject = _log.Subjects[validation.Subject];
        var states = _states.Skip(from).Take(to - from + 1);
        return states.Any(state => subject.ByPath
            ? states.Any(names => state.Entitles(subject, names) == entitled)
            : state.Entitles(subject) == entitled);
    }

    private int? LastThatTakes(int subject, int to)
    {
        for (var i = to - 1; i >= 0; i--)
        {
            if (Takes(i, subject))
            {
                return i;
            }
        }

        return null;
    }

    private bool Takes(int operation, int subject) =>
        _states[operation].Entitles(_log.Subjects[subject]) && !_states[operation + 1].Entitles(_log.Subjects[subject]);
}
