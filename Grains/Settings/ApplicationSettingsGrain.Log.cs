using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Settings;

internal sealed partial class ApplicationSettingsGrain
{
    [LoggerMessage(1401, LogLevel.Information, "Application settings changed by operator {OperatorId}; epoch {Epoch}.")]
    private partial void LogChanged(long epoch, long operatorId);
}
