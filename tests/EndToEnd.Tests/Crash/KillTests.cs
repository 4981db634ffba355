using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Crash;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 50;
    private const int Workers = 8;
    private const int MinMilliseconds = 50;
    private const int MaxMilliseconds = 500;
    private const int EarlyKills = 8;
    private const int MaxStartMilliseconds = 1500;

    /// <summary>Right after a start, whatever takes rights away waits for the length of a lease: so little would happen between two kills.</summary>
    private static readonly (string Name, string Value) WithoutLeases = ("Grid__Leases__Length", "0");

    [Fact]
    public async Task Process_WhenKilledFiftyTimesInTheMiddleOfChanges_LosesNothingAcknowledged()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}.");
        var chance = new Chance(seed);
        using var data = new TemporaryDirectory();
        var book = await SetSceneAsync(data.Path);

        var silo = await Silo.StartReadyAsync(data.Path, WithoutLeases);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await DisturbAsync(silo, book, chance, chance.Between(MinMilliseconds, MaxMilliseconds));
                await silo.DisposeAsync();
                silo = await Silo.StartReadyAsync(data.Path, WithoutLeases);
                await book.VerifyAsync(silo, round);
            }
        }
        finally
        {
            await silo.DisposeAsync();
        }

        output.WriteLine(book.Summary);
        Assert.True(book.AcknowledgedCreations > Rounds && book.AcknowledgedEnds > Rounds, "Too little happened to prove anything: " + book.Summary);
        Assert.True(book.UnansweredRequests > 0, "No kill came in the middle of a request.");
    }

    [Fact]
    public async Task Process_WhenKilledWhileStarting_StartsTheNextTimeWithEverything()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}.");
        var chance = new Chance(seed);
        using var data = new TemporaryDirectory();
        // The first few are killed before anything was ever there.
        for (var start = 0; start < EarlyKills; start++)
        {
            await KillWhileStartingAsync(data.Path, chance);
        }

        var book = await SetSceneAsync(data.Path);
        var silo = await Silo.StartReadyAsync(data.Path, WithoutLeases);
        await DisturbAsync(silo, book, chance, MaxMilliseconds);
        await silo.DisposeAsync();
        for (var start = 0; start < EarlyKills; start++)
        {
            await KillWhileStartingAsync(data.Path, chance);
        }

        await using var last = await Silo.StartReadyAsync(data.Path, WithoutLeases);
        await book.VerifyAsync(last, round: EarlyKills);
        Assert.True(book.AcknowledgedCreations > 0, "Too little happened to prove anything: " + book.Summary);
    }

    private static async Task KillWhileStartingAsync(string data, Chance chance)
    {
        await using var silo = Silo.Start(data, WithoutLeases);
        await Task.Delay(TimeSpan.FromMilliseconds(chance.Between(MinMilliseconds, MaxStartMilliseconds)), TimeProvider.System);
        await silo.Program.KillAsync();
    }

    private static async Task<Book> SetSceneAsync(string data)
    {
        await using var silo = await Silo.StartReadyAsync(data, WithoutLeases);
        using var admin = new AdminApi(silo.Address);
        var group = await admin.CreateGroupAsync("acme");
        var sub = await admin.CreateGroupAsync("platform", group);
        var projects = new List<long>();
        foreach (var name in new[] { "api", "web", "ops" })
        {
            projects.Add(await admin.CreateProjectAsync(name, sub));
        }

        return new Book(sub, projects);
    }

    /// <summary>Changes from all sides until the process is killed.</summary>
    private static async Task DisturbAsync(Silo silo, Book book, Chance chance, int milliseconds)
    {
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => book.ChangeUntilGoneAsync(silo, new Chance(chance.Next())))).ToArray();
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);
        await silo.Program.KillAsync();
        await Task.WhenAll(workers);
    }
}
