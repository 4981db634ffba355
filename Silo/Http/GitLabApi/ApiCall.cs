using OrleansTokens.Client;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>A request that has passed every check its operation declares.</summary>
internal sealed class ApiCall(HttpContext http, Operation operation, Arguments arguments, OperatorPrincipal? caller, NamespaceView? target)
{
    public HttpContext Http => http;

    public Arguments Arguments => arguments;

    /// <summary>The group or project that <c>:id</c> names.</summary>
    public NamespaceView Target => target ?? throw new InvalidOperationException("The operation declares no target.");

    /// <summary>Who calls; only where the operation lets nobody in without a credential.</summary>
    public OperatorPrincipal Caller => caller ?? throw new InvalidOperationException("The operation lets anybody in.");

    public DeployTokenAdministration Authority => http.RequestServices.GetRequiredService<DeployTokenAdministration>();

    public DateTimeOffset Now => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Success, with the operation's status.</summary>
    public IResult Answer<T>(T body)
        where T : notnull => GitLabJson.Result(operation.Status, body);

    /// <summary>Success, with a page of a list.</summary>
    public IResult AnswerPage<TItem, TBody>(PageRequest page, long total, IEnumerable<TItem> items, Func<TItem, TBody> body)
        where TBody : notnull
    {
        Paging.WriteHeaders(http, page, total);
        return Answer(items.Select(body).ToArray());
    }
}
