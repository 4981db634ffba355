using System.Text.Json;
using OrleansTokens.Silo.Hosting;

namespace OrleansTokens.Benchmarks;

/// <summary>The silo's own program in a process of the benchmarks, which says how much memory it needs when it reads a line.</summary>
internal static class HostedSilo
{
    public const string Verb = "hosted-silo";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var program = typeof(GridSettings).Assembly.EntryPoint ?? throw new InvalidOperationException("The silo has no entry point.");
        var running = Task.Run(() => (int)program.Invoke(null, [arguments])!);
        await Task.WhenAny(running, AnswerAsync());
        return await running;
    }

    private static async Task AnswerAsync()
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(JsonSerializer.Serialize(MemoryUse.Measure()));
        }
    }
}
