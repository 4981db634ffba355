using System.Globalization;
using OrleansTokens.Silo.Storage.Sqlite;
using OrleansTokens.Storage.Conformance.GrainStorage;

namespace OrleansTokens.Storage.Conformance.Sqlite;

/// <summary>A process that is killed while it writes, and the one that comes after it.</summary>
public sealed class SqliteCrashTests
{
    [Fact]
    public async Task Open_AfterAKill_FindsEveryAcknowledgedWriteAndNothingHalf()
    {
        await using var directory = SqliteHarness.Create();
        var acknowledged = new long[WritingProcess.Grains];
        for (var round = 0; round < 3; round++)
        {
            await WriteUntilKilledAsync(directory.Directory, acknowledged, enough: 3000);

            await using var harness = SqliteHarness.Open(directory.Directory);
            for (var i = 0; i < WritingProcess.Grains; i++)
            {
                var state = new GrainState<SampleState>();
                await harness.Storage.ReadStateAsync("state", WritingProcess.Grain(i), state);
                // At most the one write on its way may be there unacknowledged.
                Assert.InRange(state.State!.Number, acknowledged[i], acknowledged[i] + 1);
                Assert.Equal(state.State.Number.ToString(CultureInfo.InvariantCulture), state.ETag);
            }
        }
    }

    /// <summary>Notes the last acknowledged number of each grain; meanwhile nobody else gets into the directory.</summary>
    private static async Task WriteUntilKilledAsync(string directory, long[] acknowledged, int enough)
    {
        using var process = WritingProcess.Start(directory);
        try
        {
            for (var lines = 0; await process.StandardOutput.ReadLineAsync() is { } line; lines++)
            {
                var words = line.Split(' ');
                if (words.Length == 2 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    acknowledged[int.Parse(words[0], CultureInfo.InvariantCulture)] = number;
                }

                if (lines == 0)
                {
                    await using var second = SqliteHarness.Create(directory);
                    Assert.Throws<SqliteOpenException>(second.Database.Open);
                }

                if (lines == enough)
                {
                    process.Kill();
                }
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        Assert.All(acknowledged, number => Assert.NotEqual(0, number));
    }
}
