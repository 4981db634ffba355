using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Routes declared operations. Every request passes the same steps in the same order, and is refused in this order:
/// parameters, credential, caller, target.</summary>
internal static class OperationEndpoint
{
    public const string Prefix = "/api/v4";

    private const string RetrySoon = "1"; // Second.

    /// <summary>Routes an operation to its handler.</summary>
    public static void MapOperation(this IEndpointRouteBuilder routes, Operation operation, Func<ApiCall, Task<IResult>> handle)
    {
        string[] methods = operation.Method == HttpMethod.Get ? ["GET", "HEAD"] : [operation.Method.Method];

        // A delegate with a method of its own, and not a RequestDelegate: only such endpoints are documented.
        Delegate endpoint = (HttpContext http) => RunAsync(http, operation, handle);
        routes.MapMethods(Prefix + operation.Path, methods, endpoint)
            .WithDisplayName($"{operation.Method} {Prefix}{operation.Path}")
            .WithTags(operation.Noun)
            .WithMetadata(operation)
            .WithMetadata(operation.Answer is { } answer
                ? new ProducesResponseTypeMetadata(operation.Status, answer, ["application/json"])
                : new ProducesResponseTypeMetadata(operation.Status, typeof(void)));
    }

    private static async Task<IResult> RunAsync(HttpContext http, Operation operation, Func<ApiCall, Task<IResult>> handle)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";

        // Found out first, because it decides how much is read; told only after what is wrong with the parameters.
        var (caller, refusal) = await OperatorAuthenticator.AuthenticateAsync(http);
        var allowances = http.RequestServices.GetRequiredService<BodyAllowances>();
        var (sent, fault) = await RequestParameters.ReadAsync(http.Request, caller is null ? allowances.Strangers : allowances.Operators);
        if (fault is not null)
        {
            http.Response.Headers.RetryAfter = fault == ParameterFault.Busy ? RetrySoon : default(StringValues);
            return GitLabErrors.Unreadable(fault);
        }

        var arguments = Arguments.Bind(
            operation.Parameters, operation.Rules, sent!, name => RawPath.Segment(http, name), out var complaints);
        if (arguments is null)
        {
            return GitLabErrors.BadParameters(complaints!);
        }

        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is not false)
        {
            // Who sends a body can take minutes over it: what counts is who he is after that.
            (caller, refusal) = await OperatorAuthenticator.AuthenticateAsync(http);
        }

        refusal ??= Access.Refuse(caller, operation);
        ApiTarget? target = null;
        if (refusal is null && operation.Target is not NamespaceKind.None)
        {
            (target, refusal) = await TargetLookup.FindAsync(http, operation, caller?.Operator);
        }

        return refusal ?? await handle(new ApiCall(http, operation, arguments, caller, target));
    }
}
