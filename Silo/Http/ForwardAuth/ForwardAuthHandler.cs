using System.Globalization;
using System.Text;
using BitFaster.Caching.Lru;
using Microsoft.AspNetCore.Http.Features;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>Answers a proxy that asks whether it may serve a request.</summary>
/// <param name="surfaces">What can be asked about; the first that owns an address decides about it, alone.</param>
/// <param name="logger">Takes faults.</param>
internal sealed partial class ForwardAuthHandler(IReadOnlyList<IForwardedSurface> surfaces, ILogger<ForwardAuthHandler> logger)
{
    /// <summary>Who asks, for the proxy to pass on.</summary>
    public const string UserHeader = "X-Auth-User";

    /// <summary>The id of the token, for the proxy's log; 0 for none.</summary>
    public const string TokenIdHeader = "X-Auth-Token-Id";

    /// <summary>The full path of the project, for the proxy's log; empty where there is none.</summary>
    public const string ProjectHeader = "X-Auth-Project";

    /// <summary>The full path of the group, where the packages of a whole group are asked for; otherwise empty.</summary>
    public const string GroupHeader = "X-Auth-Group";

    /// <summary>
    /// What <see cref="UserHeader"/> says where everybody may do what is asked; no username is like it. It is always sent, since some
    /// proxies would otherwise leave a header of this name as the client sent it.
    /// </summary>
    public const string Nobody = "(anonymous)";

    private const int MaxUnderstoodLength = 512;

    /// <summary>Addresses that were understood; the same ones are asked about again and again. Half a kilobyte each.</summary>
    private readonly ConcurrentLru<(string Method, string Uri), Understood> _understood = new(capacity: 10_000);

    /// <summary>Answers one request. Whatever goes wrong on the way, nothing is allowed.</summary>
    /// <param name="context">The request to the endpoint.</param>
    /// <param name="endpoint">The path of the endpoint.</param>
    public async Task HandleAsync(HttpContext context, string endpoint)
    {
        try
        {
            await WriteAsync(context.Response, await AnswerAsync(context, endpoint));
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            LogFailed(fault);
            context.Response.Clear();
            await WriteAsync(context.Response, ForwardAuthAnswer.Unavailable);
        }
    }

    /// <summary>Writes an answer.</summary>
    public static Task WriteAsync(HttpResponse response, ForwardAuthAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.Headers.CacheControl = "no-store";
        if (answer.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = answer.Challenge;
        }

        if (answer.Reason is not null)
        {
            response.Headers[ForwardAuthAnswer.ReasonHeader] = answer.Reason;
        }

        if (answer.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (answer.Granted is { } decision)
        {
            Introduce(response.Headers, decision);
        }

        if (answer.Body.Length == 0)
        {
            return Task.CompletedTask;
        }

        var body = Encoding.UTF8.GetBytes(answer.Body);
        response.ContentType = answer.ContentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length);
    }

    private ValueTask<ForwardAuthAnswer> AnswerAsync(HttpContext context, string endpoint)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = context.Request;
        if (!OriginalRequest.TryRead(request.Headers, request.Method, target, endpoint, out var said, out var refusal))
        {
            return ValueTask.FromResult(ForwardAuthAnswer.To(refusal));
        }

        if (!_understood.TryGet(said, out var understood))
        {
            understood = Understand(said);
            if (IsRepeated(said.Uri))
            {
                _understood.AddOrUpdate(said, understood);
            }
        }

        return understood.Owner is { } owner
            ? owner.AnswerAsync(context, understood.Request!)
            : ValueTask.FromResult(ForwardAuthAnswer.To(understood.Refusal));
    }

    /// <summary>Whether others will ask for the very same: git does. What else is in a query may be somebody's secret, and is not kept.</summary>
    private static bool IsRepeated(string uri) =>
        uri.Length <= MaxUnderstoodLength
        && (!uri.Contains('?', StringComparison.Ordinal) || uri.EndsWith("/info/refs?service=git-upload-pack", StringComparison.Ordinal)
            || uri.EndsWith("/info/refs?service=git-receive-pack", StringComparison.Ordinal));

    private Understood Understand((string Method, string Uri) said)
    {
        if (!OriginalRequest.TryParse(said, out var original, out var refusal))
        {
            return new Understood(refusal);
        }

        if (surfaces.FirstOrDefault(surface => surface.Owns(original.Uri)) is not { } owner)
        {
            return new Understood(Refusal.PathNotUnderstood);
        }

        return HasSlashOutOfPlace(original.Uri, owner)
            ? new Understood(Refusal.UriAmbiguous)
            : new Understood(Refusal.None, owner, original);
    }

    private static bool HasSlashOutOfPlace(OriginalUri uri, IForwardedSurface owner)
    {
        for (var segment = 0; segment < uri.Segments.Length; segment++)
        {
            if (uri.Segments[segment].Contains('/', StringComparison.Ordinal) && !owner.MayHoldSlash(uri, segment))
            {
                return true;
            }
        }

        return false;
    }

    private static void Introduce(IHeaderDictionary headers, Decision decision)
    {
        headers[UserHeader] = decision.Principal?.Username ?? Nobody;
        headers[TokenIdHeader] = decision.Principal?.Token.ToString() ?? "0";
        headers[ProjectHeader] = decision.Resource?.FullPath ?? "";
        headers[GroupHeader] = decision.Group?.FullPath ?? "";
    }

    /// <summary>What an address means.</summary>
    /// <param name="Refusal">Why it is refused, where nobody owns it.</param>
    /// <param name="Owner">Who decides about it.</param>
    /// <param name="Request">The request.</param>
    private sealed record Understood(Refusal Refusal, IForwardedSurface? Owner = null, OriginalRequest? Request = null);
}
