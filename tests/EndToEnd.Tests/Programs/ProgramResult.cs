namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>How a program ended, and what it wrote.</summary>
internal sealed record ProgramResult(string CommandLine, int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>Both outputs, for assertions on what a person would see.</summary>
    public string Output => StandardOutput + StandardError;

    public ProgramResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"Expected success.\n{this}");
        return this;
    }

    public ProgramResult Failed(string expectedOutput)
    {
        Assert.True(ExitCode != 0, $"Expected failure.\n{this}");
        Assert.True(Output.Contains(expectedOutput, StringComparison.OrdinalIgnoreCase), $"Expected '{expectedOutput}'.\n{this}");
        return this;
    }

    public override string ToString() => $"$ {CommandLine}\nexit code {ExitCode}\n{StandardOutput}{StandardError}";
}
