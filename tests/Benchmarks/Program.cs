using OrleansTokens.Benchmarks;

// The parts of a case that run as processes of their own.
switch (args)
{
    case [LoadGenerator.Verb, var order]:
        return await LoadGenerator.RunAsync(order);
    case [ConstantServer.Verb, var url]:
        return await ConstantServer.RunAsync(url);
    case [BareSilo.Verb, var url, var gatewayPort]:
        return await BareSilo.RunAsync(url, int.Parse(gatewayPort, null));
    case [HostedSilo.Verb, .. var arguments]:
        return await HostedSilo.RunAsync(arguments);
    case [Asker.Verb, var setUp]:
        return await Asker.RunAsync(setUp);
}

Dictionary<string, Func<Report, Scale, Task>> cases = new()
{
    ["micro"] = MicroCase.RunAsync,
    ["compare"] = CompareCase.RunAsync,
    ["http"] = HttpCase.RunAsync,
    ["grain"] = GrainCase.RunAsync,
    ["cold"] = ColdCase.RunAsync,
    ["memory"] = MemoryCase.RunAsync,
    ["growth"] = GrowthCase.RunAsync,
    ["flood"] = FloodCase.RunAsync,
    ["storage"] = StorageCase.RunAsync,
};
var quick = args.Contains("--quick");
var outAt = Array.IndexOf(args, "--out");
var named = args.Where((arg, i) => arg != "--quick" && i != outAt && (outAt < 0 || i != outAt + 1)).ToList();
if (named.Any(name => !cases.ContainsKey(name)) || outAt == args.Length - 1)
{
    Console.Error.WriteLine($"Usage: Benchmarks [--quick] [--out FILE] [{string.Join("] [", cases.Keys)}]   (none named: all)");
    return 2;
}

var report = new Report();
foreach (var name in named.Count == 0 ? [.. cases.Keys] : named)
{
    try
    {
        await cases[name](report, quick ? Scale.Quick : Scale.Full);
    }
    catch (MissingProgramException missing)
    {
        Console.Error.WriteLine(missing.Message);
        return 1;
    }
}

if (outAt >= 0)
{
    report.Save(args[outAt + 1]);
}

return 0;
