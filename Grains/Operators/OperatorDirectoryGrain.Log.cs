using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Operators;

internal sealed partial class OperatorDirectoryGrain
{
    [LoggerMessage(1411, LogLevel.Warning, "A list was answered without operator {Operator}, whose record could not be read or entered again.")]
    private static partial void LogOperatorLeftOut(ILogger logger, long @operator, Exception fault);

    [LoggerMessage(1412, LogLevel.Warning, "A list was answered without operator token {Token}, whose record could not be read or entered again.")]
    private static partial void LogTokenLeftOut(ILogger logger, long token, Exception fault);
}
