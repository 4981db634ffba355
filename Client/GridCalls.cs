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
        catch (Exception fault) when (IsOfTheGrid(fault))
        {
            throw new TokenAuthorityException("The authority cannot be reached, or did not answer in time.", fault);
        }
    }

    private static bool IsOfTheGrid(Exception fault) => fault is TimeoutException or OrleansException;
}
