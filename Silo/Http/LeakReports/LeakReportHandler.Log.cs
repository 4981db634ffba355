namespace OrleansTokens.Silo.Http.LeakReports;

internal sealed partial class LeakReportHandler
{
    [LoggerMessage(4401, LogLevel.Warning, "{Reporter} reported {Count} secrets as leaked; {Issued} of them were issued here, and are revoked.")]
    private partial void LogReported(string reporter, int count, int issued);

    [LoggerMessage(4402, LogLevel.Error, "A report of leaked secrets could not be carried out; it was answered as unavailable.")]
    private partial void LogFailed(Exception exception);
}
