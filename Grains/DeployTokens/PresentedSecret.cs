using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>Which token a secret claims to be. The tag was for the gate to judge; the token's own grain judges the whole secret.</summary>
internal static class PresentedSecret
{
    /// <summary>The reason why it can be no token; <see cref="DenyReason.None"/> where it can.</summary>
    public static DenyReason Read(Secret secret, TokenPrefixes prefixes, out TokenId token)
    {
        var shape = TokenFormat.Parse(secret, prefixes, out var parsed);
        token = shape == TokenShape.Ours ? new TokenId(parsed.TokenId) : default;
        return shape switch
        {
            TokenShape.Ours => DenyReason.None,
            TokenShape.Malformed => DenyReason.CredentialMalformed,
            _ => DenyReason.TokenUnknown,
        };
    }
}
