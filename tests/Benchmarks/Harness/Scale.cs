namespace OrleansTokens.Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">How often everything takes its turn; figures are medians of them.</param>
/// <param name="RoundSeconds">How long a turn is.</param>
/// <param name="Credentials">How many different credentials are shown.</param>
/// <param name="ManyTokens">How many tokens are stored where it is about very many.</param>
/// <param name="Revocations">How many revocations are timed, each on its own.</param>
/// <param name="MicroSteps">How often a step is taken that takes no time worth measuring alone.</param>
/// <param name="Soak">How long the soak lasts.</param>
internal sealed record Scale(
    int Rounds, double RoundSeconds, int Credentials, int ManyTokens, int Revocations, int MicroSteps, TimeSpan Soak)
{
    /// <summary>What figures are quoted from.</summary>
    public static Scale Full { get; } = new(5, 4, 10_000, 1_000_000, 10_000, 200_000, TimeSpan.FromMinutes(30));

    /// <summary>Whether everything runs, and no more.</summary>
    public static Scale Quick { get; } = new(1, 1, 500, 20_000, 100, 10_000, TimeSpan.FromSeconds(9));
}
