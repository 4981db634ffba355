using Microsoft.Extensions.Logging;

namespace OrleansTokens.Client;

internal sealed partial class GridConnection
{
    [LoggerMessage(5001, LogLevel.Information, "Connected to the authority.")]
    private partial void LogConnected();

    [LoggerMessage(5002, LogLevel.Warning, "The authority cannot be reached. It is tried again; until then nobody is let in.")]
    private partial void LogAway(Exception fault);

    [LoggerMessage(5003, LogLevel.Warning, "Started without the authority; it is answered as unavailable until it can be reached.")]
    private partial void LogStartedWithout();
}
