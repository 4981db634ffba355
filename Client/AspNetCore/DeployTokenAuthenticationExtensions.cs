using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>Registers authentication by deploy tokens.</summary>
public static class DeployTokenAuthenticationExtensions
{
    /// <summary>
    /// Adds the scheme <see cref="DeployTokenDefaults.AuthenticationScheme"/>: HTTP Basic with username and token, and the header
    /// <c>Deploy-Token</c>. Add the client as well, with <c>AddDeployTokens</c>.
    /// </summary>
    /// <remarks>
    /// A wrong or dead credential, or none, is challenged with 401. A right one that may not do what was asked is 403. Where the authority
    /// cannot be asked, nobody is authenticated, and what needs authentication is answered with 503 and <c>Retry-After</c>.
    /// </remarks>
    /// <param name="builder">Where to add it.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddDeployToken(this AuthenticationBuilder builder) =>
        builder.AddDeployToken(DeployTokenDefaults.AuthenticationScheme, configure: null);

    /// <summary>Adds the same with other options. See <see cref="AddDeployToken(AuthenticationBuilder)"/>.</summary>
    /// <param name="builder">Where to add it.</param>
    /// <param name="configure">Changes the options; faults in them are reported when the host starts.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddDeployToken(
        this AuthenticationBuilder builder, Action<DeployTokenAuthenticationOptions>? configure) =>
        builder.AddDeployToken(DeployTokenDefaults.AuthenticationScheme, configure);

    /// <summary>Adds the same under another name, for applications that have several.</summary>
    /// <param name="builder">Where to add it.</param>
    /// <param name="authenticationScheme">The name of the scheme.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddDeployToken(
        this AuthenticationBuilder builder, string authenticationScheme, Action<DeployTokenAuthenticationOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDeployTokens();
        builder.Services.AddHttpContextAccessor();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, DeployTokenAuthorizationHandler>());
        builder.Services.AddOptions<DeployTokenAuthenticationOptions>(authenticationScheme).ValidateOnStart();
        return builder.AddScheme<DeployTokenAuthenticationOptions, DeployTokenHandler>(authenticationScheme, configure);
    }
}
