using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using OrleansTokens.Client;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>Answers clients of a container registry, or of a dependency proxy, that ask for a JWT.</summary>
internal sealed partial class DockerTokenHandler(
    DeployTokenValidator validator, AttemptGuard guard, RegistryTokenOptions options, ILogger<DockerTokenHandler> logger)
{
    /// <summary>Answers one request. Whatever goes wrong on the way, nothing is granted.</summary>
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            return await AnswerAsync(context);
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(fault);
            return DockerTokenAnswers.Unavailable;
        }
    }

    /// <summary>The order is GitLab's: who does not say truly who it is learns nothing about services.</summary>
    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        if (!RegistryScopes.TryRead(context.Request.Query["scope"], out var scopes, out var error))
        {
            return DockerTokenAnswers.BadRequest(error);
        }

        var form = BasicCredential.Read(context.Request.Headers.Authorization, out var basic);
        var attempt = await guard.BeginAsync(context, form, basic);
        if (attempt.Ban is { } ban)
        {
            context.Response.Headers.RetryAfter = ban.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            return DockerTokenAnswers.To(ban);
        }

        var answer = await AnswerAsync(context.Request, form, basic, scopes, context.RequestAborted);
        attempt.End((answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK);
        return answer;
    }

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        BasicCredentialForm form,
        BasicCredential? basic,
        ImmutableArray<RepositoryScope> scopes,
        CancellationToken cancellation)
    {
        Credential? credential = null;
        switch (form)
        {
            case BasicCredentialForm.Present when basic?.Secret is { } secret:
                credential = Credential.WithUsername(basic.Username, secret);
                break;
            case BasicCredentialForm.Present or BasicCredentialForm.Malformed:
                return DockerTokenAnswers.Unauthorized;
        }

        var service = request.Query["service"];
        if (Is(service, options.Service))
        {
            return DockerTokenAnswers.To(
                await validator.IssueRegistryTokenAsync(new RegistryTokenRequest(credential, scopes), cancellation));
        }

        // Scopes are of no consequence there: the group is looked at when an image is asked for.
        return Is(service, RegistryTokenOptions.DependencyProxyService)
            ? DockerTokenAnswers.ToDependencyProxy(await validator.IssueDependencyProxyTokenAsync(credential, cancellation))
            : await AnswerOtherServiceAsync(credential, cancellation);
    }

    private async Task<IResult> AnswerOtherServiceAsync(Credential? credential, CancellationToken cancellation)
    {
        if (credential is null)
        {
            return TypedResults.NotFound();
        }

        var alive = await validator.ValidateAsync(credential, RegistryAction.Authenticate, cancellation: cancellation);
        return alive.Allowed ? TypedResults.NotFound() : DockerTokenAnswers.To(alive.Reason);
    }

    private static bool Is(StringValues service, string name) =>
        service.Count == 1 && string.Equals(service[0], name, StringComparison.Ordinal);
}
