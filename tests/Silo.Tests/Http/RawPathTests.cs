using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http;

namespace OrleansTokens.Silo.Tests.Http;

public sealed class RawPathTests : IAsyncLifetime
{
    private LoopbackServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LoopbackServer.StartAsync(app =>
    {
        app.UsePathBase("/base");
        app.UseRouting();
        app.MapGet("/projects/{id}/tokens", (HttpContext context) => Segment(context));
        app.MapGet("/projects/{id}/tokens/{token_id}", (HttpContext context) => Segment(context) + "|" + RawPath.Segment(context, "token_id"));
    });

    [Theory]
    [InlineData("/projects/7/tokens", "7")]
    [InlineData("/projects/acme%2Fplatform%2fapi/tokens?x=/y", "acme/platform/api")]
    [InlineData("/projects/acme%252Fapi/tokens", "acme%2Fapi")]
    [InlineData("/projects/a+b/tokens", "a+b")]
    [InlineData("/projects/%C3%A9/tokens", "é")]
    [InlineData("/base/projects/acme%2Fapi/tokens", "acme/api")]
    [InlineData("/projects/acme%2Fapi/tokens/", "acme/api")]
    [InlineData("/projects/acme%2F..%2Fapi/tokens", "acme/../api")]
    [InlineData("/projects/acme%2Fapi/tokens/12%3F", "acme/api|12?")]
    public async Task Segment_WhenReadable_IsDecodedOnce(string target, string expected) => Assert.Equal(expected, await AskAsync(target));

    [Theory]
    [InlineData("/projects/%zz/tokens")]
    [InlineData("/projects/a%/tokens")]
    [InlineData("/projects/%ff/tokens")]
    [InlineData("/projects/other/../acme/tokens")]
    [InlineData("/projects/other/%2e%2e/acme/tokens")]
    [InlineData("/projects/./acme/tokens")]
    [InlineData("/other/../projects/acme/tokens")]
    [InlineData("/projects/acme%2Fapi/tokens/../tokens")]
    public async Task Segment_WhenItWouldTakeAGuess_IsNone(string target) => Assert.Equal("none", await AskAsync(target));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Segment(HttpContext context) => RawPath.Segment(context, "id") ?? "none";

    private async Task<string> AskAsync(string target)
    {
        using var response = await _server.SendRawAsync(HttpMethod.Get, target);
        Assert.True(response.IsSuccessStatusCode, $"{target} was answered with {response.StatusCode}.");
        return await response.Content.ReadAsStringAsync();
    }
}
