using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;
using OrleansTokens.Histories.Store;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Running;

/// <summary>Runs one history: makes what is in it, does what was planned, and gathers what was seen.</summary>
internal sealed class HistoryRun(HistoryPlan plan, int number, Cluster cluster, Administrator administrator, TimeSpan lease)
{
    private static readonly TimeSpan TriesFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>For how long, after the last operation is obeyed in any case, it is still asked.</summary>
    private static readonly TimeSpan SeenFor = TimeSpan.FromMilliseconds(200);

    /// <summary>By how much a clock may be off that decides about the end of a token's life.</summary>
    private static readonly TimeSpan ExpiryTolerance = TimeSpan.FromMilliseconds(60);

    private readonly HistoryIds _ids = new();
    private readonly List<(OperationLog Log, DurableWatch? Durable)> _operations = [];
    private readonly List<ValidationLog> _validations = [];
    private readonly Dictionary<string, long> _ends = [];

    /// <summary>What went otherwise than it may, and is not seen in validations.</summary>
    public List<string> Oddities { get; } = [];

    /// <summary>Makes groups, projects and the tokens there are at first, and has clients ask about them.</summary>
    public async Task SetUpAsync()
    {
        var nodes = plan.Start.Nodes.Values;
        for (var made = nodes.Where(static n => n.Parent is null).ToList(); made.Count > 0;
            made = [.. nodes.Where(n => made.Exists(m => m.Name == n.Parent))])
        {
            await Task.WhenAll(made.Select(MakeAsync));
        }

        await Task.WhenAll(plan.Start.Tokens.Values.Where(static t => t.Issued).Select(token => RetryAsync(_ => IssueAsync(token, null))));
        if (!plan.Questions.IsEmpty)
        {
            await WatchAllAsync();
        }
        else if (plan.AsksFrom is null)
        {
            await WatchAllAsync();
            await AskAllAsync(final: false);
        }
    }

    /// <summary>Does what was planned; completes when everything is done, and was seen for a while.</summary>
    public async Task RunAsync(long start)
    {
        var watching = plan.AsksFrom is { } from ? WatchAllFromAsync(start + from.Ticks) : Task.CompletedTask;
        var asking = Task.WhenAll(plan.Questions.Select(question => AskOnceAsync(question, start)));
        foreach (var planned in plan.Operations)
        {
            await Clock.DelayAsync(TimeSpan.FromTicks(start - Clock.Now) + planned.At);
            if (!await DoAsync(planned))
            {
                break;
            }
        }

        await watching;
        await asking;
        await Clock.DelayAsync((lease * 1.2) + SeenFor + plan.AsksLonger);
    }

    /// <summary>After everything was healed: asks everything once more, and gathers what clients saw.</summary>
    public async Task<HistoryLog> FinishAsync()
    {
        await AskAllAsync(final: true);
        foreach (var client in cluster.Clients)
        {
            var seen = await client.Peer!.CallAsync<CollectMessage, SeenMessage>(Operations.Collect, new CollectMessage(number));
            _validations.AddRange(Read(client.Name, seen.Numbers, final: false));
        }

        return new HistoryLog(plan.Name, plan.Start, [.. _operations.Select(Finished)], plan.Subjects, [.. _validations], lease);
    }

    /// <summary>One operation; whether it is known to be done.</summary>
    private async Task<bool> DoAsync(PlannedOperation planned)
    {
        var operation = planned.Operation;
        switch (operation.Kind)
        {
            case OperationKind.Expire:
                var end = _ends[operation.Target];
                var log = new CallLog(end - ExpiryTolerance.Ticks, end + ExpiryTolerance.Ticks, CallOutcome.Acknowledged);
                _operations.Add((new OperationLog(operation, log.End, [log]), null));
                await Clock.DelayAsync(TimeSpan.FromTicks(log.End - Clock.Now));
                return true;
            case OperationKind.Issue:
                var token = plan.Start.Tokens[operation.Target];
                var issued = await CallAsync(planned, () => IssueAsync(token, planned.Lifetime));
                await (issued ? WatchAsync(token.Name) : Task.CompletedTask);
                return issued;
            default:
                return await CallAsync(planned, () => administrator.DoAsync(operation, _ids));
        }
    }

    private async Task<bool> CallAsync(PlannedOperation planned, Func<Task<string?>> call)
    {
        var durable = DurableWrites.Watch(cluster.Store, planned.Operation, _ids);
        var until = Clock.Now + TriesFor.Ticks;
        var first = Administrator.UntilKnownAsync(call, planned.Once ? 0 : until);
        var second = planned.AgainAfter is { } after ? AgainAsync(after) : Task.FromResult(new List<CallLog>());
        var calls = (await Task.WhenAll(first, second)).SelectMany(static c => c).OrderBy(static c => c.Begin).ToImmutableArray();
        var log = new OperationLog(planned.Operation, null, calls);
        _operations.Add((log, durable));
        Oddities.AddRange(calls
            .Where(static c => c.Outcome == CallOutcome.Refused)
            .Select(c => $"{plan.Name}: {planned.Operation} was refused: {c.Note}"));
        Oddities.AddRange(calls
            .Where(c => c.Outcome == CallOutcome.Acknowledged && c.Note.Length > 0 && calls.Length == 1)
            .Select(c => $"{plan.Name}: {planned.Operation}: {c.Note}"));
        return log.Returned is not null;

        async Task<List<CallLog>> AgainAsync(TimeSpan after)
        {
            await Clock.DelayAsync(after);
            return await Administrator.UntilKnownAsync(call, until);
        }
    }

    /// <summary>A write may be applied after its caller has given up, so whether it was is looked at when all is over.</summary>
    private static OperationLog Finished((OperationLog Log, DurableWatch? Durable) operation) =>
        operation.Log with { DurableAt = operation.Log.DurableAt ?? operation.Durable?.At };

    private Task MakeAsync(Node node) => RetryAsync(async attempt =>
    {
        var parent = node.Parent is null ? default : _ids.Node(node.Parent).AsGroup;
        var request = Administrator.Called($"{plan.Name}-{node.Name}-{number}-{attempt}", parent, node.Visibility);
        _ids.Add(node.Name, node.Kind == NamespaceKind.Group
            ? await administrator.Grid.CreateGroupAsync(request)
            : await administrator.Grid.CreateProjectAsync(request));
    });

    private async Task<string?> IssueAsync(Token token, TimeSpan? lifetime)
    {
        var end = Clock.Now + (lifetime ?? default).Ticks;
        var expiresAt = lifetime is { } time ? TimeProvider.System.GetUtcNow() + time : (DateTimeOffset?)null;
        var issued = await administrator.IssueAsync(_ids.Node(token.Holder), token.Scopes, expiresAt);
        _ends[token.Name] = end;
        _ids.Add(token.Name, issued);
        return null;
    }

    /// <summary>Has every client ask something; what comes of it is gathered with all else that they saw.</summary>
    private async Task AskOnceAsync(PlannedQuestion question, long start)
    {
        await Clock.DelayAsync(TimeSpan.FromTicks(start - Clock.Now) + question.At);
        await Task.WhenAll(cluster.Clients.Where((_, i) => question.Client is not { } only || i == only).Select(
            client => client.Peer!.CallAsync<AskMessage, SeenMessage>(Operations.Ask, new AskMessage(number, question.Subject))));
    }

    private async Task WatchAllFromAsync(long moment)
    {
        await Clock.DelayAsync(TimeSpan.FromTicks(moment - Clock.Now));
        await WatchAllAsync();
    }

    private Task WatchAllAsync() => Task.WhenAll(
        plan.Start.Tokens.Values.Where(static t => t.Issued).Select(token => WatchAsync(token.Name)));

    private async Task WatchAsync(string token)
    {
        var issued = _ids.Issued(token);
        var messages = plan.Subjects
            .Select((subject, i) => (subject, i))
            .Where(s => s.subject.Token == token)
            .Select(s => Message(s.subject, s.i, issued))
            .ToArray();
        foreach (var client in cluster.Clients)
        {
            // A client that stands still begins when it goes on.
            var watching = client.Peer!.CallAsync<WatchMessage[], Nothing>(Operations.Watch, messages);
            await Task.WhenAny(watching, Clock.DelayAsync(SeenFor));
        }
    }

    private WatchMessage Message(Subject subject, int at, IssuedDeployToken issued)
    {
        var target = subject.Target;
        var isGroup = target is not null && plan.Start.Nodes[target].Kind == NamespaceKind.Group;
        var isImage = subject.Action is RegistryAction.PullImage or RegistryAction.PushImage;
        var path = target is null || !subject.ByPath ? null : _ids.Path(target) + (isImage ? "/image" : "");
        var id = target is null || subject.ByPath ? 0 : _ids.Node(target).Value;
        return new WatchMessage(number, at, issued.Token.Username, issued.Secret.Reveal(), (int)subject.Action, id, path, isGroup, !plan.Questions.IsEmpty);
    }

    private async Task AskAllAsync(bool final)
    {
        foreach (var client in cluster.Clients)
        {
            for (var i = 0; i < plan.Subjects.Length; i++)
            {
                if (_ids.Has(plan.Subjects[i].Token))
                {
                    await AskAsync(client, i, final);
                }
            }
        }
    }

    /// <summary>Asks until there is an answer; at the end, that there is none in a healed cluster is odd.</summary>
    private async Task AskAsync(ChildProcess client, int subject, bool final)
    {
        for (var until = Clock.Now + TriesFor.Ticks; Clock.Now < until;)
        {
            var seen = await client.Peer!.CallAsync<AskMessage, SeenMessage>(Operations.Ask, new AskMessage(number, subject));
            var validation = Read(client.Name, seen.Numbers, final).Single();
            if (validation.Outcome != Outcome.Unavailable)
            {
                _validations.AddRange(final ? [validation] : []);
                return;
            }

            await Clock.DelayAsync(AgainAfter);
        }

        Oddities.Add($"{plan.Name}: {client.Name} gets no answer about {plan.Subjects[subject]} within {TriesFor.TotalSeconds} s");
    }

    private static IEnumerable<ValidationLog> Read(string client, long[] numbers, bool final) => numbers.Chunk(4).Select(n =>
        new ValidationLog(client, (int)n[0], n[1], n[2], OutcomeOf(n[3]), n[3] > 0 ? (DenyReason)n[3] : DenyReason.None, final));

    private static Outcome OutcomeOf(long number) => number switch
    {
        0 => Outcome.Allowed,
        -1 => Outcome.Unavailable,
        _ => Outcome.Refused,
    };

    private static async Task RetryAsync(Func<int, Task> call)
    {
        var until = Clock.Now + TriesFor.Ticks;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await call(attempt);
                return;
            }
            catch (TokenAuthorityException fault) when (fault.Code == ErrorCode.Unavailable && Clock.Now < until)
            {
                await Clock.DelayAsync(AgainAfter);
            }
        }
    }
}
