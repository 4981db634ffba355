using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using SQLitePCL;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>Queries that are cancelled while they run.</summary>
public sealed class SqliteGridIndexTests
{
    private const int Groups = 2000;

    private static readonly NamespaceQuery AllGroups = new(NamespaceKind.Group, null, null, "g", NamespaceSort.Name, false, 0, 100);

    [Fact]
    public async Task Find_CancelledInTheMiddle_EndsAndTheNextQueryRuns()
    {
        await using var harness = SqliteHarness.OpenWith(options => options.IndexReadConnections = 1);
        await Task.WhenAll(Enumerable.Range(1, Groups).Select(id => harness.Index.UpsertAsync(
            new NamespaceRow(NamespaceKind.Group, id, 0, "g", "G", 0, false, DateTimeOffset.UnixEpoch, false, 1))));
        using var isRunning = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        // The query asks instr about every row; on this, the only, session it stops at the first one.
        delegate_function_scalar pause = (context, _, _) =>
        {
            isRunning.Release();
            goOn.Wait(CancellationToken.None);
            raw.sqlite3_result_int(context, 1);
        };
        await harness.Database.IndexReaders.ReadAsync(
            static (session, function) => raw.sqlite3_create_function(session.Handle, "instr", 2, null, function), pause, default);
        using var cancellation = new CancellationTokenSource();

        var find = harness.Index.FindAsync(AllGroups, cancellation.Token);
        await isRunning.WaitAsync();
        await cancellation.CancelAsync();
        goOn.Set();

        var end = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => find);
        Assert.IsType<Microsoft.Data.Sqlite.SqliteException>(end.InnerException);
        Assert.Equal(Groups, (await harness.Index.FindAsync(AllGroups)).Total);
    }

    [Fact]
    public async Task Find_WithACancelledToken_DoesNotRun()
    {
        await using var harness = SqliteHarness.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => harness.Index.FindAsync(AllGroups, new CancellationToken(true)));
    }
}
