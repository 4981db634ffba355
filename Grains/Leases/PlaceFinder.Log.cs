using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Leases;

internal sealed partial class PlaceFinder
{
    [LoggerMessage(1204, LogLevel.Warning, "{Place} could not be asked for again ahead of need. What is too old is not decided by meanwhile.")]
    private partial void LogNotRefreshed(object place, Exception fault);
}
