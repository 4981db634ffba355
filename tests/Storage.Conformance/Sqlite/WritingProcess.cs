using System.Diagnostics;
using System.Globalization;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>
/// Writes numbers that grow, to several grains at once, and says of each when it is acknowledged, until somebody kills the process.
/// </summary>
internal static class WritingProcess
{
    public const string Argument = "--write-until-killed";

    public const int Grains = 32;

    public static GrainId Grain(int i) => GrainId.Create("killed", i.ToString(CultureInfo.InvariantCulture));

    /// <summary>Starts this program again in that role.</summary>
    public static Process Start(string directory)
    {
        var program = typeof(WritingProcess).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(program);
        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(directory);
        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync(string directory)
    {
        var harness = SqliteHarness.Open(directory);
        var output = Console.Out;
        await Task.WhenAll(Enumerable.Range(0, Grains).Select(i => Task.Run(async () =>
        {
            var state = new GrainState<SampleState>();
            await harness.Storage.ReadStateAsync("state", Grain(i), state);
            while (true)
            {
                state.State = new SampleState { Number = state.State!.Number + 1 };
                await harness.Storage.WriteStateAsync("state", Grain(i), state);
                var line = string.Create(CultureInfo.InvariantCulture, $"{i} {state.State!.Number}");
                lock (output)
                {
                    output.WriteLine(line);
                }
            }
        })));
        return 1;
    }
}
