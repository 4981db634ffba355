namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Leases of a group that are shorter than the installation's: <c>deploy_token_lease_milliseconds</c>.</summary>
public sealed class GroupLeaseApiTests(ApiHost host)
{
    private const string Field = "deploy_token_lease_milliseconds";

    [Fact]
    public async Task Setting_ALease_IsShownUntilTheLongestTakesItAway()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        Assert.Null((await host.GetAsync($"/groups/{group}")).Json[Field]);

        var set = await host.PutAsync($"/groups/{group}", $$"""{"{{Field}}":1500}""");
        Assert.Equal((200, 1500), (set.Status, (long)set.Json[Field]!));
        Assert.Equal(1500, (long)(await host.PutAsync($"/groups/{group}", """{"description":"x"}""")).Json[Field]!);

        Assert.Equal(0, (long)(await host.PutAsync($"/groups/{group}", $$"""{"{{Field}}":"0"}""")).Json[Field]!);
        Assert.Null((await host.PutAsync($"/groups/{group}", $$"""{"{{Field}}":60000}""")).Json[Field]);
    }

    [Theory]
    [InlineData("-1", "does not have a valid value")]
    [InlineData("60001", "does not have a valid value")]
    [InlineData("1.5", "is invalid")]
    [InlineData("\"5s\"", "is invalid")]
    public async Task Setting_ALeaseThatCannotBe_SaysSoAndChangesNothing(string value, string complaint)
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var answer = await host.PutAsync($"/groups/{group}", $$"""{"description":"other","{{Field}}":{{value}}}""");
        Assert.Equal((400, $$"""{"error":"{{Field}} {{complaint}}"}"""), (answer.Status, answer.Body));
        Assert.NotEqual("other", (string?)(await host.GetAsync($"/groups/{group}")).Json["description"]);
    }
}
