using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Leases;

internal sealed partial class SiloLeases
{
    [LoggerMessage(1202, LogLevel.Information, "A lessee did not acknowledge that token {TokenId} is dead ({Fault}); what it holds is waited out.")]
    private partial void LogLesseeSilent(long tokenId, string fault);
}
