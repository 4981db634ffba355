using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.DeployTokens;

internal sealed partial class DeployTokenDirectoryGrain
{
    [LoggerMessage(1011, LogLevel.Warning, "A list was answered without token {TokenId}, whose record could not be read or entered again.")]
    private static partial void LogLeftOut(ILogger logger, long tokenId, Exception fault);
}
