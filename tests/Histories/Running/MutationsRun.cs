using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;
using OrleansTokens.Leases;

namespace OrleansTokens.Histories.Running;

/// <summary>What came of switching a protection off.</summary>
/// <param name="Protection">Which.</param>
/// <param name="Found">The first violation; null where none was found.</param>
/// <param name="Histories">How many histories were run until then.</param>
/// <param name="Took">How long that took.</param>
/// <param name="Returned">How long operations took to return, from when they were durable on: the median, in milliseconds.</param>
internal sealed record Mutation(LeaseProtection Protection, ViolationKind? Found, int Histories, TimeSpan Took, double Returned);

/// <summary>Switches one protection after the other off, and looks whether that shows.</summary>
internal sealed class MutationsRun(MutationOptions options, TextWriter output)
{
    /// <summary>Whether all came out as it should: found where a protection is off, and not found where none is.</summary>
    public async Task<bool> RunAsync()
    {
        using var file = options.Out is null ? null : new StreamWriter(options.Out);
        var isRight = true;
        foreach (var scenario in Scenarios.All.Where(s => options.Only.Contains(s.Protection)))
        {
            var (mutation, excerpt) = await RunAsync(scenario, options.Control ? null : scenario.Protection, options.Seed);
            isRight &= mutation.Found is null == options.Control;
            foreach (var writer in new[] { output, file }.OfType<TextWriter>())
            {
                await writer.WriteLineAsync(
                    $"{RunOptions.NameOf(mutation.Protection),-26} {mutation.Found?.ToString() ?? "nothing found",-20} "
                    + $"{mutation.Histories,4} histories {mutation.Took.TotalSeconds,6:F1} s, returned after {mutation.Returned:F0} ms");
                await writer.WriteLineAsync(excerpt);
                await writer.FlushAsync();
            }
        }

        return isRight;
    }

    /// <summary>Runs a scenario until a promise is broken, or it is given up.</summary>
    public static async Task<(Mutation Mutation, string Excerpt)> RunAsync(Scenario scenario, LeaseProtection? off, ulong seed)
    {
        var began = Clock.Now;
        await using var cluster = await Cluster.StartAsync(new ClusterOptions
        {
            Silos = scenario.Silos,
            Clients = scenario.Clients,
            Lease = scenario.Lease,
            Pace = scenario.Pace,
            MaxUnderWay = scenario.MaxUnderWay,
            Without = off,
            Duplicates = scenario.Duplicates,
            OneSiloEach = scenario.OneSiloEach,
            ClockRates =
            [
                .. Enumerable.Repeat(1.0, scenario.Silos + 1), .. Enumerable.Repeat(scenario.ClientRate, scenario.Clients),
            ],
        });
        await using var administrator = await Administrator.StartAsync(cluster);
        var histories = 0;
        var returns = new List<double>();
        for (var round = 0; round < scenario.MaxRounds; round++)
        {
            var plan = scenario.Plan(scenario, Chance.Of(seed, round));
            var result = await new Round(cluster, administrator, scenario.Lease).RunAsync(plan, histories);
            histories += result.Logs.Length;
            returns.AddRange(result.Logs.SelectMany(static log => log.Operations)
                .Where(static o => o is { DurableAt: not null, Returned: not null })
                .Select(static o => TimeSpan.FromTicks(o.Returned!.Value - o.DurableAt!.Value).TotalMilliseconds));
            foreach (var log in result.Logs)
            {
                if (HistoryChecker.Check(log) is [var first, ..])
                {
                    return (new Mutation(scenario.Protection, first.Kind, histories, Since(began), Median(returns)), Excerpt.Of(log, first, result.Faults));
                }
            }
        }

        return (new Mutation(scenario.Protection, null, histories, Since(began), Median(returns)), "");
    }

    private static double Median(List<double> numbers) => numbers.Count == 0 ? 0 : numbers.Order().ElementAt(numbers.Count / 2);

    private static TimeSpan Since(long began) => TimeSpan.FromTicks(Clock.Now - began);
}
