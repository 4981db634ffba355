using Microsoft.Extensions.Logging;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

internal abstract partial class NamespaceGrain
{
    [LoggerMessage(1101, LogLevel.Warning, "What an interrupted change of {Node} left behind could not be tidied up yet.")]
    private partial void LogNotSettled(NamespaceId node, Exception fault);

    [LoggerMessage(1102, LogLevel.Information, "All deploy tokens at and below {Node} were revoked by operator {By}, for the {Generation}th time.")]
    private partial void LogTokensRevoked(NamespaceId node, long generation, long by);
}
