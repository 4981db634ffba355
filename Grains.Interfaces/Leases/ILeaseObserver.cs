using OrleansTokens.DeployTokens;

namespace OrleansTokens.Leases;

/// <summary>Whoever keeps decisions. It is told when a token is dead, and acknowledges by completing the call.</summary>
[Alias(WireAliases.ILeaseObserver)]
public interface ILeaseObserver : IGrainObserver
{
    /// <summary>
    /// A token is dead, or less than it was. When this has completed, no decision about it that is older than <paramref name="epoch"/> is
    /// used any more, nor will be one that is still on its way. May be repeated.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="epoch">The epoch of its record from which on decisions are right again.</param>
    /// <param name="remember">For how long an older answer may still be on its way.</param>
    [Alias("Revoked")]
    Task RevokedAsync(TokenId token, long epoch, TimeSpan remember);
}
