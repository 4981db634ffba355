using OrleansTokens.DeployTokens;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Cluster.Tests;

/// <summary>A small history, written by hand. Times are in milliseconds; a lease is 100 of them.</summary>
internal sealed class WrittenHistory
{
    private const string Client = "client";

    private static readonly Subject Pulls = new("token", RegistryAction.PullImage, "project", ByPath: false);

    private readonly List<OperationLog> _operations = [];
    private readonly List<ValidationLog> _validations = [];

    /// <summary>A project in a group, another group, and tokens of project and group.</summary>
    public World Start { get; set; } = World.Of(
        [
            new Node("group", NamespaceKind.Group, null),
            new Node("project", NamespaceKind.Project, "group"),
            new Node("elsewhere", NamespaceKind.Group, null),
        ],
        [
            new Token("token", "group", DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry),
            new Token("later", "group", DeployTokenScopes.ReadRegistry) { Issued = false },
        ]);

    /// <summary>What is asked.</summary>
    public Subject Subject { get; init; } = Pulls;

    public HistoryLog Log => new(
        "written", Start, [.. _operations], [Subject], [.. _validations], TimeSpan.FromMilliseconds(100));

    public IReadOnlyList<ViolationKind> Found => [.. HistoryChecker.Check(Log).Select(static v => v.Kind)];

    public WrittenHistory Done(Operation operation, int begin, int? durable, int returned) => Called(
        operation, durable, (begin, returned, CallOutcome.Acknowledged));

    public WrittenHistory Called(Operation operation, int? durable, params (int Begin, int End, CallOutcome Outcome)[] calls)
    {
        _operations.Add(new OperationLog(
            operation,
            durable is { } at ? Ticks(at) : null,
            [.. calls.Select(static c => new CallLog(Ticks(c.Begin), Ticks(c.End), c.Outcome))]));
        return this;
    }

    public WrittenHistory Allowed(int begin, int? end = null, bool final = false) => Seen(begin, end, Outcome.Allowed, DenyReason.None, final);

    public WrittenHistory Refused(int begin, int? end = null, bool final = false) =>
        Seen(begin, end, Outcome.Refused, DenyReason.TokenRevoked, final);

    public WrittenHistory Unavailable(int begin) => Seen(begin, null, Outcome.Unavailable, DenyReason.None, final: false);

    private WrittenHistory Seen(int begin, int? end, Outcome outcome, DenyReason reason, bool final)
    {
        _validations.Add(new ValidationLog(Client, 0, Ticks(begin), Ticks(end ?? begin + 1), outcome, reason, final));
        return this;
    }

    private static long Ticks(int milliseconds) => milliseconds * TimeSpan.TicksPerMillisecond;
}
