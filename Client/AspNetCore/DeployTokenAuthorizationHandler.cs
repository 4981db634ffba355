using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Errors;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>Asks the authority whether <see cref="DeployTokenRequirement"/> is met.</summary>
internal sealed class DeployTokenAuthorizationHandler(DeployTokenValidator validator, IHttpContextAccessor contexts)
    : AuthorizationHandler<DeployTokenRequirement>
{
    /// <inheritdoc/>
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, DeployTokenRequirement requirement)
    {
        var http = context.Resource as HttpContext ?? contexts.HttpContext;
        var credential = context.User.Identities.Select(static identity => identity.BootstrapContext).OfType<Credential>().FirstOrDefault();
        if (credential is null || ResourceOf(context, requirement) is not { } resource)
        {
            return;
        }

        try
        {
            var decision = await validator.ValidateAsync(
                credential, requirement.Action, resource, http?.RequestAborted ?? CancellationToken.None);
            if (decision.Allowed)
            {
                context.Succeed(requirement);
            }
        }
        catch (TokenAuthorityException fault) when (fault.Code == Errors.ErrorCode.Unavailable)
        {
            if (http is not null)
            {
                DeployTokenOutcome.Of(http).IsUnavailable = true;
            }

            context.Fail(new AuthorizationFailureReason(this, "The authority is unavailable."));
        }
    }

    private static Resource? ResourceOf(AuthorizationHandlerContext context, DeployTokenRequirement requirement) => context.Resource switch
    {
        Resource given => given,
        HttpContext http => requirement.Resource?.Invoke(http),
        _ => null,
    };
}
