using System.Collections.Immutable;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>Revokes what was reported.</summary>
internal sealed class LeakRevoker(DeployTokenAdministration administration)
{
    /// <summary>Many enough for the storage to write them together, and few enough to leave it to others too.</summary>
    private const int AtOnce = 16;

    /// <summary>
    /// Revokes every token whose secret was reported: all are dead when the call returns. It does not stop when the reporter hangs up,
    /// nor where one cannot be revoked.
    /// </summary>
    /// <returns>For each report, whether its secret was made here.</returns>
    /// <exception cref="TokenAuthorityException">Unavailable: of some it is not known whether they were revoked.</exception>
    public async Task<ImmutableArray<bool>> RevokeAsync(string reporter, ImmutableArray<LeakReport> reports)
    {
        var byToken = reports.Select(static (report, at) => (report, at)).GroupBy(static r => r.report.Token, StringComparer.Ordinal);
        var made = new bool[reports.Length];
        TokenAuthorityException? fault = null;
        await Parallel.ForEachAsync(
            byToken,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (same, _) =>
            {
                try
                {
                    var isOurs = await RevokeAsync(reporter, same.First().report);
                    foreach (var (_, at) in same)
                    {
                        made[at] = isOurs;
                    }
                }
                catch (TokenAuthorityException unavailable)
                {
                    Volatile.Write(ref fault, unavailable);
                }
            });
        return fault is null ? [.. made] : throw new TokenAuthorityException("Not all that was reported could be revoked.", fault);
    }

    private async Task<bool> RevokeAsync(string reporter, LeakReport report) => Secret.TryCreate(report.Token, out var secret)
        && (await administration.RevokeBySecretAsync(secret, by: default, LeakReason.Of(reporter, report))).WasIssuedHere;
}
