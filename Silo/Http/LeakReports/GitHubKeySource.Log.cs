namespace OrleansTokens.Silo.Http.LeakReports;

internal sealed partial class GitHubKeySource
{
    [LoggerMessage(4411, LogLevel.Warning, "The keys with which GitHub signs its reports could not be fetched.")]
    private partial void LogKeysNotFetched(Exception exception);
}
