using OrleansTokens.Benchmarks;

const string Usage = "Usage: Benchmarks [--quick] [--out FILE] [micro] [http] [flood] [storage] [ready]   (none named: all)";

switch (args)
{
    case ["load", .. var load]:
        return await LoadGenerator.RunAsync(load);
    case ["constant", var url]:
        return await ConstantServer.RunAsync(url);
}

string[] known = ["micro", "http", "flood", "storage", "ready"];
var scale = args.Contains("--quick") ? Scale.Quick : Scale.Full;
var outAt = Array.IndexOf(args, "--out");
var named = args.Where((arg, i) => arg != "--quick" && i != outAt && (outAt < 0 || i != outAt + 1)).ToList();
if (named.Any(name => !known.Contains(name)) || outAt == args.Length - 1)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var report = new Report();
foreach (var name in named.Count == 0 ? known : [.. named])
{
    switch (name)
    {
        case "micro":
            MicroBenchmark.Run(report, scale);
            break;
        case "http":
            await HttpBenchmark.RunAsync(report, scale);
            break;
        case "flood":
            await FloodBenchmark.RunAsync(report, scale);
            break;
        case "storage":
            await StorageBenchmark.RunAsync(report, scale);
            break;
        default:
            await ReadyBenchmark.RunAsync(report, scale);
            break;
    }
}

if (outAt >= 0)
{
    report.Save(args[outAt + 1]);
}

return 0;
