using System.Net;

namespace OrleansTokens.Silo.Http.Abuse;

internal sealed partial class AttemptGuard
{
    [LoggerMessage(
        4511, LogLevel.Warning,
        "{Source} is banned for {Seconds} s after {Failures} failed attempts. If it is a proxy, name it in Grid:Http:TrustedProxies.")]
    private partial void LogBanned(IPAddress source, int failures, int seconds);
}
