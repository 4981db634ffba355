using System.Security.Claims;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>
/// The claims of whom a deploy token stands for. Its username is the name of the identity (<see cref="ClaimTypes.Name"/>). None of them
/// is secret.
/// </summary>
public static class DeployTokenClaimTypes
{
    /// <summary>The public id of the token, in decimal digits (<see cref="TokenId"/>).</summary>
    public const string TokenId = "deploy_token_id";

    /// <summary>The project or group that the token belongs to, such as <c>project 4</c> or <c>group 17</c> (<see cref="NamespaceId"/>).</summary>
    public const string Holder = "deploy_token_holder";

    /// <summary>What the token was granted: one claim for each scope, by its name (<see cref="ScopeNames"/>).</summary>
    public const string Scope = "deploy_token_scope";
}
