using System.Text.Json.Nodes;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class SigningKeyApiTests(ApiHost host)
{
    [Fact]
    public async Task Rotating_PublishesTheNewKeyBesideTheOld()
    {
        var before = await host.GetAsync("/signing_keys");

        var rotated = await host.PostAsync("/signing_keys/rotate", """{"delay":3600}""");
        var after = await host.GetAsync("/signing_keys");

        Assert.Equal((200, 201), (before.Status, rotated.Status));
        Assert.True(JsonNode.DeepEquals(rotated.Json, after.Json));
        Assert.Equal(before.Json.AsArray().Count + 1, after.Json.AsArray().Count);
        Assert.Equal((string?)before.Json[0]!["key_id"], (string?)after.Json[1]!["key_id"]);
        Assert.Equal(Instant(after.Json[0]!["created_at"]).AddHours(1), Instant(after.Json[0]!["signs_from"]));
    }

    [Fact]
    public async Task Removing_AScheduledKey_PublishesItNoMore_AndIsNotFoundAgain()
    {
        var rotated = await host.PostAsync("/signing_keys/rotate", """{"delay":3600}""");
        var scheduled = (string)rotated.Json[0]!["key_id"]!;

        var removed = await host.DeleteAsync($"/signing_keys/{scheduled}");
        var again = await host.DeleteAsync($"/signing_keys/{scheduled}");

        Assert.Equal((200, 404), (removed.Status, again.Status));
        Assert.DoesNotContain(scheduled, removed.Body, StringComparison.Ordinal);
        Assert.Equal(rotated.Json.AsArray().Count - 1, removed.Json.AsArray().Count);
    }

    [Theory]
    [InlineData("-1", "delay does not have a valid value")]
    [InlineData("2592001", "delay does not have a valid value")]
    [InlineData("9223372036854775807", "delay does not have a valid value")]
    [InlineData("\"soon\"", "delay is invalid")]
    public async Task Rotating_WhenTheDelayCannotBe_SaysSo(string delay, string expected)
    {
        var answer = await host.PostAsync("/signing_keys/rotate", $$"""{"delay":{{delay}}}""");

        Assert.Equal((400, $$"""{"error":"{{expected}}"}"""), (answer.Status, answer.Body));
    }

    private static DateTimeOffset Instant(JsonNode? node) => node!.GetValue<DateTimeOffset>();
}
