using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.RegistryTokens;

internal sealed partial class SigningKeyGrain
{
    [LoggerMessage(1301, LogLevel.Information, "Signing key {KeyId} ({Algorithm}) made; it signs from now on.")]
    private partial void LogMade(string keyId, string algorithm);

    [LoggerMessage(1302, LogLevel.Information, "Signing key {KeyId} made by operator {OperatorId}; it signs from {SignsFrom} on.")]
    private partial void LogRotated(string keyId, long operatorId, DateTimeOffset signsFrom);

    [LoggerMessage(1304, LogLevel.Warning, "Signing key {KeyId} removed by operator {OperatorId}.")]
    private partial void LogRemoved(string keyId, long operatorId);

    [LoggerMessage(1303, LogLevel.Warning, "No signing key for the configured algorithm {Algorithm} is made: {Count} keys are still published.")]
    private partial void LogTooMany(string algorithm, int count);
}
