using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OrleansTokens.Client;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Silo.Http.Credentials;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>Answers a proxy that asks whether it may serve a request.</summary>
internal sealed partial class ForwardAuthHandler(
    DeployTokenValidator validator, AttemptGuard guard, ILogger<ForwardAuthHandler> logger)
{
    /// <summary>Who asks, for the proxy to pass on.</summary>
    public const string UserHeader = "X-Auth-User";

    /// <summary>The id of the token, for the proxy's log; 0 for none.</summary>
    public const string TokenIdHeader = "X-Auth-Token-Id";

    /// <summary>The full path of the project, for the proxy's log.</summary>
    public const string ProjectHeader = "X-Auth-Project";

    /// <summary>
    /// What <see cref="UserHeader"/> says where everybody may do what is asked; no username is like it. It is always sent, since some
    /// proxies would otherwise leave a header of this name as the client sent it.
    /// </summary>
    public const string Nobody = "(anonymous)";

    /// <summary>Answers one request. Whatever goes wrong on the way, nothing is allowed.</summary>
    /// <param name="context">The request to the endpoint.</param>
    /// <param name="endpoint">The path of the endpoint.</param>
    public async Task HandleAsync(HttpContext context, string endpoint)
    {
        try
        {
            await AnswerAsync(context, endpoint);
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            LogFailed(fault);
            context.Response.Clear();
            await WriteAsync(context.Response, ForwardAuthAnswer.Unavailable);
        }
    }

    /// <summary>Writes an answer that tells nobody's name.</summary>
    public static Task WriteAsync(HttpResponse response, ForwardAuthAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.Headers.CacheControl = "no-store";
        if (answer.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = ForwardAuthAnswer.Challenge;
        }

        if (answer.Reason is not null)
        {
            response.Headers[ForwardAuthAnswer.ReasonHeader] = answer.Reason;
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

    private async Task AnswerAsync(HttpContext context, string endpoint)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = context.Request;
        if (!OriginalRequest.TryRead(request.Headers, request.Method, target, endpoint, out var original, out var refusal)
            || !GitRequest.TryParse(original, out var git, out refusal))
        {
            await WriteAsync(context.Response, ForwardAuthAnswer.To(refusal));
            return;
        }

        await AnswerAsync(context, git);
    }

    private async Task AnswerAsync(HttpContext context, GitRequest git)
    {
        var form = BasicCredential.Read(context.Request.Headers.Authorization, out var basic);
        var attempt = await guard.BeginAsync(context, form, basic);
        if (attempt.Ban is { } ban)
        {
            context.Response.Headers.RetryAfter = ban.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await WriteAsync(context.Response, ForwardAuthAnswer.To(ban));
            return;
        }

        var answer = ForwardAuthAnswer.NotAuthenticated;
        if (await DecideAsync(git, form, basic, context.RequestAborted) is { } decisions)
        {
            answer = ForwardAuthAnswer.To(git, decisions);
            if (answer.Status == StatusCodes.Status200OK)
            {
                Introduce(context.Response.Headers, decisions[0]);
            }
        }

        attempt.End(answer.Status);
        await WriteAsync(context.Response, answer);
    }

    /// <summary>The decisions; null where the credential is none that could be anyone's.</summary>
    private async Task<ImmutableArray<Decision>?> DecideAsync(
        GitRequest git, BasicCredentialForm form, BasicCredential? basic, CancellationToken cancellation)
    {
        switch (form)
        {
            case BasicCredentialForm.Present:
                return basic?.Secret is { } secret
                    ? await validator.ValidateAllAsync(Credential.WithUsername(basic.Username, secret), git.Questions, cancellation)
                    : null;

            case BasicCredentialForm.Malformed:
                return null;

            // Git takes no other scheme, as GitLab does not for it: such a request is one without credentials.
            default:
                var wanted = git.Questions[0];
                return [await validator.ValidateAnonymousAsync(wanted.Action, wanted.Resource, cancellation)];
        }
    }

    private static void Introduce(IHeaderDictionary headers, Decision decision)
    {
        headers[UserHeader] = decision.Principal?.Username ?? Nobody;
        headers[TokenIdHeader] = decision.Principal?.Token.ToString() ?? "0";
        headers[ProjectHeader] = decision.Resource?.FullPath;
    }
}
