using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>Asks the authority about the deploy token of a request.</summary>
internal sealed partial class DeployTokenHandler(
    IOptionsMonitor<DeployTokenAuthenticationOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    DeployTokenValidator validator) : AuthenticationHandler<DeployTokenAuthenticationOptions>(options, loggers, encoder)
{
    private const string RetryAfterSeconds = "1";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!PresentedCredential.TryRead(Request.Headers, Options.RequireUsername, out var credential))
        {
            return AuthenticateResult.NoResult();
        }

        if (credential is null)
        {
            return AuthenticateResult.Fail("The credential cannot be a deploy token.");
        }

        var question = Options.Question(Context);
        try
        {
            var decision = await validator.ValidateAsync(credential, question.Action, question.Resource, Context.RequestAborted);
            return Conclude(decision, credential);
        }
        catch (TokenAuthorityException fault) when (fault.Code == Errors.ErrorCode.Unavailable)
        {
            // There is one for each request while the authority is away: not with everything that Orleans tells.
            LogUnavailable(Logger, fault.GetBaseException().GetType().Name);
            LogCause(Logger, fault);
            DeployTokenOutcome.Of(Context).IsUnavailable = true;
            return AuthenticateResult.Fail(fault);
        }
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var outcome = DeployTokenOutcome.Of(Context);
        if (outcome.IsUnavailable || outcome.IsRefused)
        {
            return HandleForbiddenAsync(properties);
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append("WWW-Authenticate", $"Basic realm=\"{Options.Realm}\", charset=\"UTF-8\"");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (DeployTokenOutcome.Of(Context).IsUnavailable)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            Response.Headers.RetryAfter = RetryAfterSeconds;
        }
        else
        {
            Response.StatusCode = StatusCodes.Status403Forbidden;
        }

        return Task.CompletedTask;
    }

    private AuthenticateResult Conclude(Decision decision, Credential credential)
    {
        if (!decision.Allowed || decision.Principal is not { } principal)
        {
            LogRefused(Logger, decision.Reason);
            DeployTokenOutcome.Of(Context).IsRefused = decision.Principal is not null;
            return AuthenticateResult.Fail("The deploy token is not accepted.");
        }

        var identity = new ClaimsIdentity(Claims(principal), Scheme.Name, ClaimTypes.Name, roleType: null)
        {
            // Authorization asks further questions about it. It is not serialized, and cannot print itself.
            BootstrapContext = credential,
        };
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private IEnumerable<Claim> Claims(Principal principal)
    {
        var issuer = ClaimsIssuer;
        yield return new Claim(ClaimTypes.Name, principal.Username, ClaimValueTypes.String, issuer);
        yield return new Claim(DeployTokenClaimTypes.TokenId, principal.Token.ToString(), ClaimValueTypes.Integer64, issuer);
        yield return new Claim(DeployTokenClaimTypes.Holder, principal.Holder.ToString(), ClaimValueTypes.String, issuer);
        foreach (var scope in ScopeNames.Of(principal.Scopes))
        {
            yield return new Claim(DeployTokenClaimTypes.Scope, scope, ClaimValueTypes.String, issuer);
        }
    }
}
