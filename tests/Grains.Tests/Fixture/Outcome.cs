using OrleansTokens.Errors;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>What a call came to, in one word: <c>Allowed</c>, the reason of a refusal, or the code of a fault.</summary>
internal static class Outcome
{
    public const string Allowed = "Allowed";

    public static async Task<string> OfAsync(Func<Task<Decision>> call)
    {
        try
        {
            var decision = await call();
            return decision.Allowed ? Allowed : decision.Reason.ToString();
        }
        catch (TokenAuthorityException fault)
        {
            return fault.Code.ToString();
        }
    }

    /// <summary>The code of the fault, or null where there was none. Any other exception is a bug, and goes on.</summary>
    public static async Task<ErrorCode?> OfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (TokenAuthorityException fault)
        {
            return fault.Code;
        }
    }
}
