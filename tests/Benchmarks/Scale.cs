namespace OrleansTokens.Benchmarks;

/// <summary>How much is measured.</summary>
internal sealed record Scale(
    int Rounds, double RoundSeconds, int HttpTokens, int ManyTokens, int Revocations, int MicroSteps)
{
    /// <summary>What figures are quoted from.</summary>
    public static Scale Full { get; } = new(5, 4, 10_500, 1_000_000, 10_000, 200_000);

    /// <summary>Whether everything runs, and no more.</summary>
    public static Scale Quick { get; } = new(1, 1, 500, 20_000, 100, 10_000);
}

/// <summary>A folder that goes when it is disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleanstokens-benchmark-").FullName;

    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
