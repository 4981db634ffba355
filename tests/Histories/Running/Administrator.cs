using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Histories.Running;

/// <summary>Administers through the client library, in the coordinator.</summary>
internal sealed class Administrator : IAsyncDisposable
{
    private static readonly OperatorId Operator = new(7);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly IHost _host;

    private Administrator(IHost host)
    {
        _host = host;
        Grid = host.Services.GetRequiredService<DeployTokenAdministration>();
    }

    public DeployTokenAdministration Grid { get; }

    public static async Task<Administrator> StartAsync(Cluster cluster)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDeployTokens(client =>
        {
            foreach (var slot in cluster.Slots)
            {
                client.Gateways.Add($"127.0.0.1:{slot.GatewayPort}");
            }
        });

        // Signals are the coordinator's own to see to.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var host = builder.Build();
        await host.StartAsync();
        return new Administrator(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    public static CreateNamespace Called(string slug, GroupId parent, Visibility visibility) =>
        new(parent, Slug.Parse(slug), slug, "", visibility, Operator);

    public Task<IssuedDeployToken> IssueAsync(NamespaceId holder, DeployTokenScopes scopes, DateTimeOffset? expiresAt) =>
        Grid.IssueTokenAsync(new IssueDeployToken(holder, "t", null, scopes, expiresAt, Operator));

    /// <summary>Calls until it is known that it is done, or refused; each call is in the log.</summary>
    /// <param name="call">The call: says what is odd about its answer, or null.</param>
    /// <param name="until">When no more calls are begun.</param>
    public static async Task<List<CallLog>> UntilKnownAsync(Func<Task<string?>> call, long until)
    {
        var calls = new List<CallLog>();
        do
        {
            calls.Add(await OnceAsync(call));
            await (calls[^1].Outcome == CallOutcome.Unknown ? Clock.DelayAsync(AgainAfter) : Task.CompletedTask);
        }
        while (calls[^1].Outcome == CallOutcome.Unknown && Clock.Now < until);
        return calls;
    }

    /// <summary>Does what an operation says; says what is odd about the answer, or null.</summary>
    public async Task<string?> DoAsync(Operation operation, HistoryIds ids) => operation.Kind switch
    {
        OperationKind.Revoke => await Grid.RevokeTokenAsync(ids.Token(operation.Target), Operator, "history") is null ? "no such token" : null,
        OperationKind.RevokeAll => await RevokeAllAsync(ids.Node(operation.Target)),
        OperationKind.Destroy => await Grid.DestroyTokenAsync(ids.Token(operation.Target), Operator) ? null : "no such token",
        OperationKind.Transfer => Done(await Grid.TransferNamespaceAsync(
            ids.Node(operation.Target), ids.Node(operation.Parent!).AsGroup, Operator)),
        OperationKind.Archive => Done(await ChangeAsync(ids, operation, new(null, null, null, null, true, Operator))),
        OperationKind.Unarchive => Done(await ChangeAsync(ids, operation, new(null, null, null, null, false, Operator))),
        OperationKind.ChangeVisibility => Done(await ChangeAsync(
            ids, operation, new(null, null, null, operation.Visibility, null, Operator))),
        OperationKind.Delete => await Grid.DeleteNamespaceAsync(ids.Node(operation.Target), Operator) ? null : "nothing there",
        _ => throw new InvalidOperationException($"{operation.Kind} is not for administrators."),
    };

    private async Task<string?> RevokeAllAsync(NamespaceId holder)
    {
        var receipt = await Grid.RevokeTokensAsync(holder, Operator, "history");
        return receipt.Revocation.Node == holder ? null : "another node";
    }

    private static string? Done(NamespaceView view) => view.Id.IsNone ? "no node" : null;

    private Task<NamespaceView> ChangeAsync(HistoryIds ids, Operation operation, ChangeNamespace change) =>
        Grid.ChangeNamespaceAsync(ids.Node(operation.Target), change);

    private static async Task<CallLog> OnceAsync(Func<Task<string?>> call)
    {
        var begin = Clock.Now;
        try
        {
            var odd = await call();
            return new CallLog(begin, Clock.Now, CallOutcome.Acknowledged, odd ?? "");
        }
        catch (TokenAuthorityException fault)
        {
            var outcome = fault.Code == ErrorCode.Unavailable ? CallOutcome.Unknown : CallOutcome.Refused;
            return new CallLog(begin, Clock.Now, outcome, fault.Message);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
