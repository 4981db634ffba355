using System.Diagnostics;

namespace OrleansTokens.Conventions.Tests;

public sealed class BenchmarkTests
{
    [Fact]
    public async Task Benchmarks_WhenRunQuickly_PrintATable()
    {
        var output = Path.GetRelativePath(Path.Combine(Repository.Root, "tests/Conventions.Tests"), AppContext.BaseDirectory);
        var program = Path.Combine(Repository.Root, "tests/Benchmarks", output, "OrleansTokens.Benchmarks.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "--quick", "micro"]) { RedirectStandardOutput = true })!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("| decide |", printed, StringComparison.Ordinal);
    }
}
