using Microsoft.Extensions.Logging;

namespace OrleansTokens.Client;

internal sealed partial class GridConnection
{
    [LoggerMessage(5001, LogLevel.Information, "Connected to the authority.")]
    private partial void LogConnected();

    [LoggerMessage(
        5002, LogLevel.Warning, "None of the gateways lets this client in: {Cause} It is tried again every second, and until then nobody is let in. A gateway"
        + " that is there closes connections of another cluster id than its own.")]
    private partial void LogAway(string cause);

    [LoggerMessage(5004, LogLevel.Debug, "Still none of the gateways lets this client in.")]
    private partial void LogStillAway(Exception fault);

    [LoggerMessage(5003, LogLevel.Warning, "Started without the authority; it is answered as unavailable until it can be reached.")]
    private partial void LogStartedWithout();
}
