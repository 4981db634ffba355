using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.RegistryTokens;

internal sealed partial class SigningKeyRing
{
    [LoggerMessage(1311, LogLevel.Warning, "The signing keys could not be read.")]
    private partial void LogNotRead(Exception fault);
}
