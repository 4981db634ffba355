using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>Requires deploy tokens, in policies and at endpoints.</summary>
public static class DeployTokenAuthorizationExtensions
{
    /// <summary>
    /// Requires a deploy token that was granted one of some scopes. Nothing else is looked at: it may be of any project, and what an
    /// installation has switched off does not count. <see cref="RequireDeployToken(AuthorizationPolicyBuilder, RegistryAction)"/> asks about
    /// an action.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="scopes">Names of scopes, such as <c>read_registry</c>; at least one.</param>
    /// <returns>The same policy.</returns>
    /// <exception cref="ArgumentException">There is no name, or one that is no scope's.</exception>
    public static AuthorizationPolicyBuilder RequireDeployTokenScope(this AuthorizationPolicyBuilder policy, params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(scopes);
        if (scopes.Length == 0 || scopes.FirstOrDefault(static name => !ScopeNames.TryParse(name, out _)) is not null)
        {
            throw new ArgumentException($"There must be scopes, each one of: {string.Join(", ", ScopeNames.AllNames)}.", nameof(scopes));
        }

        return policy.RequireClaim(DeployTokenClaimTypes.Scope, scopes);
    }

    /// <summary>Requires a deploy token that may do an action at the resource that <see cref="IAuthorizationService"/> is given. The
    /// question is decided each time.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="action">What is to be done.</param>
    /// <returns>The same policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such action.</exception>
    public static AuthorizationPolicyBuilder RequireDeployToken(this AuthorizationPolicyBuilder policy, RegistryAction action)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddRequirements(new DeployTokenRequirement(action));
    }

    /// <summary>Requires a deploy token that may do an action at the resource of the request. The question is decided each time.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="action">What is to be done.</param>
    /// <param name="resource">Finds the resource in a request.</param>
    /// <returns>The same policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such action.</exception>
    public static AuthorizationPolicyBuilder RequireDeployToken(
        this AuthorizationPolicyBuilder policy, RegistryAction action, Func<HttpContext, Resource> resource)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(resource);
        return policy.AddRequirements(new DeployTokenRequirement(action, resource));
    }

    /// <summary>Lets in to endpoints only deploy tokens that were granted one of some scopes, by the scheme
    /// <see cref="DeployTokenDefaults.AuthenticationScheme"/>. See <see cref="RequireDeployTokenScope(AuthorizationPolicyBuilder, string[])"/>.</summary>
    /// <typeparam name="TBuilder">What the endpoints are mapped with.</typeparam>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="scopes">Names of scopes; at least one.</param>
    /// <returns>The same endpoints.</returns>
    /// <exception cref="ArgumentException">There is no name, or one that is no scope's.</exception>
    public static TBuilder RequireDeployTokenScope<TBuilder>(this TBuilder endpoints, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(NewPolicy().RequireDeployTokenScope(scopes).Build());

    /// <summary>Lets in to endpoints only deploy tokens that may do an action at the resource of the request, by the scheme
    /// <see cref="DeployTokenDefaults.AuthenticationScheme"/>. The question is decided at each request.</summary>
    /// <typeparam name="TBuilder">What the endpoints are mapped with.</typeparam>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="action">What is to be done there.</param>
    /// <param name="resource">Finds the resource in a request.</param>
    /// <returns>The same endpoints.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such action.</exception>
    public static TBuilder RequireDeployToken<TBuilder>(this TBuilder endpoints, RegistryAction action, Func<HttpContext, Resource> resource)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(NewPolicy().RequireDeployToken(action, resource).Build());

    private static AuthorizationPolicyBuilder NewPolicy() =>
        new AuthorizationPolicyBuilder(DeployTokenDefaults.AuthenticationScheme).RequireAuthenticatedUser();
}
