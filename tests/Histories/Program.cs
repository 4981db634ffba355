using OrleansTokens.Histories;
using OrleansTokens.Histories.Clients;
using OrleansTokens.Histories.Running;
using OrleansTokens.Histories.Silos;

const int Violated = 1;
const int Misused = 2;

try
{
    switch (args)
    {
        case ["silo", .. var silo]:
            return await SiloProgram.RunAsync(ProcessOptions.Parse(silo));
        case ["client", .. var client]:
            return await ClientProgram.RunAsync(ProcessOptions.Parse(client));
        case ["run", .. var run]:
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => ChildProcess.KillAll();
            Console.CancelKeyPress += static (_, _) => ChildProcess.KillAll();
            using (var report = new Report(Console.Out))
            {
                await new HistoriesRun(RunOptions.Parse(run), report).RunAsync();
                return report.HasFailed ? Violated : 0;
            }

        case ["mutations", .. var mutations]:
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => ChildProcess.KillAll();
            Console.CancelKeyPress += static (_, _) => ChildProcess.KillAll();
            return await new MutationsRun(MutationOptions.Parse(mutations), Console.Out).RunAsync() ? 0 : Violated;
        default:
            Console.Error.WriteLine(RunOptions.Usage + Environment.NewLine + MutationOptions.Usage);
            return Misused;
    }
}
catch (ArgumentException fault)
{
    Console.Error.WriteLine(fault.Message);
    Console.Error.WriteLine(RunOptions.Usage);
    return Misused;
}
