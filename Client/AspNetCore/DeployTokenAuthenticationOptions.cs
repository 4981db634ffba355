using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>How requests with deploy tokens are authenticated.</summary>
public sealed class DeployTokenAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>
    /// What is asked about the token of a request. Default <see cref="RegistryAction.Introspect"/> at no resource: any token that is
    /// alive is let in, whatever its scopes, and authorization says what it may do. A function that asks for the very action and resource
    /// of each request saves a second question; a token that is right and may not do it is then answered with 403. It is called for each
    /// request that shows a credential, and must not throw.
    /// </summary>
    /// <remarks><see cref="RegistryAction.Authenticate"/> is what git and container registries ask; it refuses tokens that have scopes for
    /// packages only.</remarks>
    public Func<HttpContext, Question> Question { get; set; } = static _ => new Question(RegistryAction.Introspect, default);

    /// <summary>
    /// Whether the username of HTTP Basic must be the token's; default true, as for git and container registries at GitLab. False: any
    /// will do, as for most package registries there. The header <c>Deploy-Token</c> has no username.
    /// </summary>
    public bool RequireUsername { get; set; } = true;

    /// <summary>
    /// What clients show to their users when they ask for a credential; default <see cref="DeployTokenDefaults.Realm"/>. 1 to 100 visible
    /// ASCII characters and spaces, without quotation marks and backslashes.
    /// </summary>
    public string Realm { get; set; } = DeployTokenDefaults.Realm;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(Question);
        if (string.IsNullOrEmpty(Realm) || Realm.Length > 100 || Realm.Any(static c => c is < ' ' or > '~' or '"' or '\\'))
        {
            throw new ArgumentException("The realm must have 1 to 100 visible ASCII characters, without quotation marks and backslashes.", nameof(Realm));
        }
    }
}
