using OrleansTokens.Storage.Conformance.Sqlite;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace OrleansTokens.Storage.Conformance;

/// <summary>The tests; or, for one of them, a process that writes until it is killed.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [WritingProcess.Argument, var directory])
        {
            return await WritingProcess.RunAsync(directory);
        }

        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
