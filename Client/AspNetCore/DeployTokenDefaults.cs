namespace OrleansTokens.Client.AspNetCore;

/// <summary>The names that are used where no others are given.</summary>
public static class DeployTokenDefaults
{
    /// <summary>The name of the authentication scheme: <c>DeployToken</c>.</summary>
    public const string AuthenticationScheme = "DeployToken";

    /// <summary>The header that holds a deploy token alone, without a username: <c>Deploy-Token</c>, as at GitLab.</summary>
    public const string Header = "Deploy-Token";

    /// <summary>The realm of the challenge: <c>Deploy token</c>.</summary>
    public const string Realm = "Deploy token";
}
