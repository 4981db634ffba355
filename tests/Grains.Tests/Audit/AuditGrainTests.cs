using OrleansTokens.Audit;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Tests.Audit;

public sealed class AuditGrainTests(Grid grid) : IClassFixture<Grid>
{
    /// <summary>Enough for two segments and what stays with the newest.</summary>
    private const int Many = 300;

    [Fact]
    public async Task List_WhenThereAreMoreThanASegment_ShowsAllNewestFirstEachHashedAfterTheOneBefore()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        for (var i = 0; i < Many; i++)
        {
            _ = await grid.Administration.ReadVariablesAsync(project, Making.Operator);
        }

        await grid.DeactivateAllAsync();
        var all = await AllAsync(project);

        Assert.Equal(Enumerable.Range(1, Many).Reverse().Select(static n => (long)n), all.Select(static r => r.Sequence));
        Assert.Equal(Many, all.Select(static r => r.Hash).Distinct().Count());
        Assert.All(all, static r => Assert.Equal(AuditEvent.DeployTokenVariablesRead, r.Event));
    }

    [Fact]
    public async Task List_OfAHolderWhereNothingWasDone_IsEmpty() =>
        Assert.Empty((await grid.Administration.ListAuditAsync((await grid.GroupAsync()).AsNamespace, 0, 10)).Items);

    [Theory]
    [InlineData("\"by\":7", "\"by\":8")]
    [InlineData("\"sequence\":2,", "\"sequence\":3,")]
    public async Task List_WhenARecordWasChangedInStorage_IsUnavailableAndAddsNothing(string what, string to)
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        for (var i = 0; i < 3; i++)
        {
            _ = await grid.Administration.ReadVariablesAsync(project, Making.Operator);
        }

        await grid.DeactivateAllAsync();
        var grain = grid.Grains.GetGrain<IAuditGrain>(AuditKeys.Of(project.AsNamespace)).GetGrainId();
        var records = grid.Storage.Payload(grain)!;
        var second = records.IndexOf("\"sequence\":2,", StringComparison.Ordinal);
        grid.Storage.Overwrite(grain, records[..second] + Once(records[second..], what, to));

        var asked = await Assert.ThrowsAsync<TokenAuthorityException>(() => AllAsync(project));
        var added = await Assert.ThrowsAsync<TokenAuthorityException>(
            () => grid.Administration.ReadVariablesAsync(project, Making.Operator));
        Assert.Equal((ErrorCode.Unavailable, ErrorCode.Unavailable), (asked.Code, added.Code));
    }

    private static string Once(string text, string what, string to)
    {
        var at = text.IndexOf(what, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        return text[..at] + to + text[(at + what.Length)..];
    }

    private async Task<List<AuditRecord>> AllAsync(ProjectId project)
    {
        var all = new List<AuditRecord>();
        while (true)
        {
            var page = await grid.Administration.ListAuditAsync(project.AsNamespace, all.Count, 70);
            all.AddRange(page.Items);
            if (all.Count >= page.Total)
            {
                return all;
            }
        }
    }
}
