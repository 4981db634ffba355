using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Crash;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 50;
    private const int Workers = 8;
    private const int MinMilliseconds = 50;
    private const int MaxMilliseconds = 500;

    [Fact]
    public async Task Process_WhenKilledFiftyTimesInTheMiddleOfChanges_LosesNothingAcknowledged()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}.");
        var chance = new Chance(seed);
        using var data = new TemporaryDirectory();
        var book = await SetSceneAsync(data.Path);

        var silo = await Silo.StartReadyAsync(data.Path);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await DisturbAsync(silo, book, chance, chance.Between(MinMilliseconds, MaxMilliseconds));
                await silo.DisposeAsync();
                silo = await Silo.StartReadyAsync(data.Path);
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

    private static async Task<Book> SetSceneAsync(string data)
    {
        await using var silo = await Silo.StartReadyAsync(data);
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
