namespace OrleansTokens.Storage.Conformance.GrainStorage;

public abstract partial class GrainStorageConformance
{
    [Fact]
    public async Task Write_UnderDifficultKeys_KeepsEveryGrainApart()
    {
        // Orleans itself refuses a key without any visible character.
        var keys = DifficultTexts.Where(text => !string.IsNullOrWhiteSpace(text));
        var grains = keys.Select(text => GrainId.Create($"sample-{_prefix}", text)).ToList();

        await AssertApartAsync([.. grains.Select(grain => (grain, "state"))]);
    }

    [Fact]
    public async Task Write_UnderDifficultStateNames_KeepsEveryStateApart() =>
        await AssertApartAsync([.. DifficultTexts.Select(name => (NewGrain(), name))]);

    [Fact]
    public async Task Write_UnderDifficultGrainTypes_KeepsEveryGrainApart() =>
        await AssertApartAsync([.. DifficultTexts.Select(type => (GrainId.Create(_prefix + type, "key"), "state"))]);

    private async Task AssertApartAsync(IReadOnlyList<(GrainId Grain, string Name)> records)
    {
        Assert.Distinct(records);
        for (var i = 0; i < records.Count; i++)
        {
            AssertNothing(await ReadAsync(records[i].Grain, records[i].Name));
            await WriteAsync(records[i].Grain, i + 1, name: records[i].Name);
        }

        await ReopenAsync();

        for (var i = 0; i < records.Count; i++)
        {
            Assert.Equal(i + 1, (await ReadAsync(records[i].Grain, records[i].Name)).State!.Number);
        }
    }
}
