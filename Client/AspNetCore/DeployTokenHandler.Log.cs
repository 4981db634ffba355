using Microsoft.Extensions.Logging;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

internal sealed partial class DeployTokenHandler
{
    [LoggerMessage(5101, LogLevel.Information, "A deploy token was refused: {Reason}.")]
    private static partial void LogRefused(ILogger logger, DenyReason reason);

    [LoggerMessage(5102, LogLevel.Warning, "The authority could not be asked about a deploy token ({Cause}); nobody was let in.")]
    private static partial void LogUnavailable(ILogger logger, string cause);

    [LoggerMessage(5103, LogLevel.Debug, "Why the authority could not be asked.")]
    private static partial void LogCause(ILogger logger, Exception fault);
}
