using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>
/// The deploy token with which the user was authenticated may do something somewhere, now: that is decided each time. Users who
/// were authenticated otherwise do not meet it.
/// </summary>
/// <remarks>
/// The resource is what <c>AuthorizeAsync</c> of <see cref="IAuthorizationService"/> is given, an
/// <see cref="OrleansTokens.Validation.Resource"/>; at endpoints, what a function finds in the request. Where neither is there, the
/// requirement is not met.
/// </remarks>
public sealed class DeployTokenRequirement : IAuthorizationRequirement
{
    /// <summary>Makes a requirement.</summary>
    /// <param name="action">What is to be done; not <see cref="RegistryAction.None"/>.</param>
    /// <param name="resource">Finds the resource of a request; default is no resource, which actions that need one are refused. Null
    /// where the resource is always given to <see cref="IAuthorizationService"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such action.</exception>
    public DeployTokenRequirement(RegistryAction action, Func<HttpContext, Resource>? resource = null)
    {
        if (action == RegistryAction.None || !Enum.IsDefined(action))
        {
            throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action.");
        }

        Action = action;
        Resource = resource;
    }

    /// <summary>What is to be done.</summary>
    public RegistryAction Action { get; }

    /// <summary>Finds the resource of a request; null where it is always given.</summary>
    public Func<HttpContext, Resource>? Resource { get; }

    /// <inheritdoc/>
    public override string ToString() => $"a deploy token that may do {Action}";
}
