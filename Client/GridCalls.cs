using OrleansTokens.Client.Leases;
using OrleansTokens.Errors;

namespace OrleansTokens.Client;

/// <summary>
/// Calls into the grid. Whatever goes wrong on the way, and whatever takes longer than the deadline, is one kind of fault to callers:
/// unavailable. Nothing may be concluded from it, and every call may be repeated.
/// </summary>
/// <param name="grains">Where grains are found; throws while they cannot be.</param>
/// <param name="deadline">How long a call may take, from its beginning to its answer.</param>
/// <param name="time">Measures it.</param>
/// <param name="metrics">Counts calls that end as unavailable.</param>
internal sealed class GridCalls(Func<IGrainFactory> grains, TimeSpan deadline, TimeProvider time, ClientMetrics metrics)
{
    /// <summary>The grains. To be asked for within a call, since there may be none.</summary>
    public IGrainFactory Grains => grains();

    /// <summary>Runs what a caller asks for as a whole, all its steps under one deadline.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        Task<T>? running = null;
        try
        {
            running = call();
            return await running.WaitAsync(deadline, time, cancellation);
        }
        catch (Exception fault) when (fault is not TokenAuthorityException && !IsGivenUp(fault, cancellation))
        {
            metrics.Unavailable();

            // Not only what Orleans throws: what a store throws comes as itself, as another type, or as a complaint that it cannot come.
            throw new TokenAuthorityException("The authority cannot be reached, or could not answer.", fault);
        }
        catch (TokenAuthorityException fault) when (fault.Code == Errors.ErrorCode.Unavailable)
        {
            metrics.Unavailable();
            throw;
        }
        finally
        {
            // Nobody waits any more for a call that was given up, so nobody would see how it ends.
            running?.Ignore();
        }
    }

    private static bool IsGivenUp(Exception fault, CancellationToken cancellation) =>
        fault is OperationCanceledException && cancellation.IsCancellationRequested;
}
