using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Leases;

internal sealed partial class Revoker
{
    [LoggerMessage(1203, LogLevel.Information, "Not all silos have acknowledged that token {TokenId} is dead ({Fault}); the length of a lease is waited out.")]
    private partial void LogSilent(long tokenId, string fault);
}
