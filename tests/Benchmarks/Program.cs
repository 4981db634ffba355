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
    case [HostedSilo.Verb, .. var settings]:
        return await HostedSilo.RunAsync(settings);
    case [Asker.Verb, var setUp]:
        return await Asker.RunAsync(setUp);
}

Dictionary<string, Func<Report, Scale, Task>> cases = new()
{
    ["micro"] = MicroCase.RunAsync,
    ["compare"] = CompareCase.RunAsync,
    ["http"] = HttpCase.RunAsync,
    ["grain"] = GrainCase.RunAsync,
    ["lease"] = LeaseCase.RunAsync,
    ["memory"] = MemoryCase.RunAsync,
    ["cold"] = ColdCase.RunAsync,
    ["revoke"] = RevokeCase.RunAsync,
    ["growth"] = GrowthCase.RunAsync,
    ["flood"] = FloodCase.RunAsync,
    ["storage"] = StorageCase.RunAsync,
    ["soak"] = SoakCase.RunAsync,
};
if (Arguments.Read(args, cases.Keys) is not { } arguments)
{
    return 2;
}

var report = new Report();
foreach (var name in arguments.Cases)
{
    try
    {
        await cases[name](report, arguments.Scale);
    }
    catch (MissingProgramException missing)
    {
        Console.Error.WriteLine(missing.Message);
        return 1;
    }
}

if (arguments.Out is not null)
{
    report.Save(arguments.Out);
}

return 0;
