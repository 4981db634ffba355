using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Leases;

internal sealed partial class RecordConfirmer
{
    [LoggerMessage(1201, LogLevel.Warning, "The versions of {Records} records could not be read. What is too old is not decided by meanwhile.")]
    private partial void LogFailed(int records, Exception fault);
}
