using OrleansTokens.Errors;

namespace OrleansTokens.Client;

/// <summary>
/// Calls into the grid. Whatever goes wrong on the way is one kind of fault to callers: unavailable. Nothing may be concluded from it,
/// and every call may be repeated.
/// </summary>
internal static class GridCalls
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call().WaitAsync(cancellation);
        }
        catch (Exception fault) when (fault is not TokenAuthorityException && !IsGivenUp(fault, cancellation))
        {
            // Not only what Orleans throws: what a store throws comes as itself, as another type, or as a complaint that it cannot come.
            throw new TokenAuthorityException("The authority cannot be reached, or could not answer.", fault);
        }
    }

    private static bool IsGivenUp(Exception fault, CancellationToken cancellation) =>
        fault is OperationCanceledException && cancellation.IsCancellationRequested;
}
