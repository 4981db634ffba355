using OrleansTokens.Client;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>A request that has passed every check its operation declares.</summary>
internal sealed class ApiCall(HttpContext http, Operation operation, Arguments arguments, OperatorCaller? caller, ApiTarget? target)
{
    public HttpContext Http => http;

    public Arguments Arguments => arguments;

    /// <summary>The group or project that <c>:id</c> names.</summary>
    public NamespaceView Target => target?.Node ?? throw new InvalidOperationException("The operation declares no target.");

    /// <summary>What the caller may do with the target.</summary>
    public AccessLevel Level => target?.Level ?? throw new InvalidOperationException("The operation declares no target.");

    /// <summary>Who calls; only where the operation lets nobody in without a credential.</summary>
    public OperatorPrincipal Caller => caller?.Operator ?? throw new InvalidOperationException("The operation lets anybody in.");

    /// <summary>Who calls; null where nobody is known.</summary>
    public OperatorPrincipal? CallerIfAny => caller?.Operator;

    /// <summary>The operator token that the caller showed; null where it was another credential.</summary>
    public OperatorTokenView? CallerToken => caller?.Token;

    public DeployTokenAdministration Authority => http.RequestServices.GetRequiredService<DeployTokenAdministration>();

    public OperatorAdministration Operators => http.RequestServices.GetRequiredService<OperatorAdministration>();

    /// <summary>What absolute URLs begin with that lead back here.</summary>
    public string Address => http.RequestServices.GetRequiredService<PublicAddress>().Of(http.Request);

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

/// <summary>Who calls.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Token">The operator token that was shown; null where it was another credential.</param>
/// <param name="MayChange">Whether the credential is good for more than reading.</param>
internal sealed record OperatorCaller(OperatorPrincipal Operator, OperatorTokenView? Token, bool MayChange);

/// <summary>The group or project that a request is aimed at.</summary>
/// <param name="Node">The group or project.</param>
/// <param name="Level">What the caller may do with it: an administrator everything.</param>
internal sealed record ApiTarget(NamespaceView Node, AccessLevel Level);
