using Microsoft.Extensions.Logging;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.DeployTokens;

internal sealed partial class DeployTokenGrain
{
    [LoggerMessage(1001, LogLevel.Information, "Token {TokenId} of {Holder} issued by operator {OperatorId}.")]
    private partial void LogIssued(long tokenId, NamespaceId holder, long operatorId);

    [LoggerMessage(1002, LogLevel.Information, "Token {TokenId} revoked by operator {OperatorId}.")]
    private partial void LogRevoked(long tokenId, long operatorId);

    [LoggerMessage(1003, LogLevel.Information, "Token {TokenId} destroyed by operator {OperatorId}.")]
    private partial void LogDestroyed(long tokenId, long operatorId);
}
