using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Operators;

internal sealed partial class OperatorGrain
{
    [LoggerMessage(1401, LogLevel.Warning, "What an interrupted change of operator {Operator} left behind could not be tidied up yet.")]
    private partial void LogNotSettled(long @operator, Exception fault);
}
