using OrleansTokens.DeployTokens;

namespace OrleansTokens.Client;

/// <summary>What a bare secret is, to those who administer.</summary>
/// <param name="HasPrefix">Whether it begins as deploy tokens of this authority do, be it one or not.</param>
/// <param name="Token">The token whose secret it is, a revoked or expired one too; null where it is no token's, or the token was destroyed
/// or its holder deleted.</param>
public sealed record IdentifiedSecret(bool HasPrefix, DeployTokenView? Token);

/// <summary>What came of revoking a token by its secret.</summary>
/// <param name="WasIssuedHere">Whether this authority made the secret, even if its token was destroyed since.</param>
/// <param name="Receipt">The revocation; null where there is no token of this secret.</param>
public sealed record RevokedSecret(bool WasIssuedHere, RevocationReceipt? Receipt);
