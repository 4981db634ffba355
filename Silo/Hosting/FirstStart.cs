using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Installation;

namespace OrleansTokens.Silo.Hosting;

/// <summary>
/// Sees to the master keys and the administrator's operator token. Until it has, the process is not ready. A machine or a disk that is busy
/// makes it late, and does not end the process at once: it tries again, for a minute.
/// </summary>
internal sealed partial class FirstStart(IGrainFactory grains, GridSettings settings, TimeProvider time, ILogger<FirstStart> logger)
{
    /// <summary>How long it goes on trying.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>How long it waits before it tries again.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private volatile bool _completed;

    public bool Completed => _completed;

    /// <summary>Runs once the process listens, so that a token is never made by a start that fails. Says the token made now, if any.</summary>
    /// <exception cref="TokenAuthorityException"><see cref="ErrorCode.Unavailable"/>: it was not complete within <see cref="Limit"/>.
    /// Another code: there is nothing to be gained by trying again.</exception>
    public async Task<Secret?> RunAsync(CancellationToken cancellation = default)
    {
        var installation = grains.GetGrain<IInstallationGrain>(0);
        var started = time.GetTimestamp();
        _ = await InsistAsync(
            async () =>
            {
                await installation.ConfirmMasterKeyAsync();
                return (Secret?)null;
            },
            started, cancellation);
        var attempts = 0;
        var made = await InsistAsync(
            () =>
            {
                attempts++;
                return installation.EnsureAdministratorAsync(settings.AdminToken);
            },
            started, cancellation);
        if (attempts > 1 && made is null && settings.AdminToken is null)
        {
            LogTokenMayBeUnknown();
        }

        _completed = true;
        return made;
    }

    private async Task<Secret?> InsistAsync(Func<Task<Secret?>> attempt, long started, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await attempt().WaitAsync(Left(), time, cancellation);
            }
            catch (Exception fault) when (IsPassing(fault))
            {
                if (Left() <= RetryAfter)
                {
                    throw new TokenAuthorityException(
                        $"The start was not complete within {Limit.TotalSeconds} seconds: the disk or the machine is too busy.", fault);
                }

                // Orleans would say what was asked, arguments included.
                LogTriesAgain(fault is TimeoutException ? "An answer did not come in time." : fault.Message);
            }

            await Task.Delay(RetryAfter, time, cancellation);
        }

        TimeSpan Left()
        {
            var left = Limit - time.GetElapsedTime(started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private static bool IsPassing(Exception fault) =>
        fault is TimeoutException or TokenAuthorityException { Code: ErrorCode.Unavailable };
}
