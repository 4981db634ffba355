using Microsoft.Extensions.Logging;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

internal sealed partial class NamespaceDirectoryGrain
{
    [LoggerMessage(1111, LogLevel.Warning, "A list was answered without {Node}, whose record could not be read or entered again.")]
    private static partial void LogLeftOut(ILogger logger, NamespaceId node, Exception fault);
}
