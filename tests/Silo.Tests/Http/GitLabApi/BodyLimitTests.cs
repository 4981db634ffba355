using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Silo.Http;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>How much is read of whom.</summary>
public sealed class BodyLimitTests(ApiHost host)
{
    private const string TooLarge =
        """{"message":"Request body is too large (maximum is 65536 bytes without a valid operator token)"}""";

    [Theory]
    [InlineData(null)]
    [InlineData("unprintable token")]
    [InlineData("this-could-be-an-operator-token-but-is-none")]
    public async Task Body_WithoutARightCredential_IsReadUpTo64KiB(string? credential)
    {
        foreach (var target in new[] { "/groups", "/projects/1/deploy_tokens", "/deploy_tokens/explain", "/signing_keys/rotate" })
        {
            var refused = await host.PostAsync(target, Body(HttpLimits.MaxStrangerBodyBytes + 1), credential);
            Assert.Equal((413, TooLarge), (refused.Status, refused.Body));
        }

        var allowed = await host.PostAsync("/groups", Body(HttpLimits.MaxStrangerBodyBytes), credential);
        Assert.Equal((400, """{"error":"name is missing, path is missing"}"""), (allowed.Status, allowed.Body));
    }

    [Fact]
    public async Task Body_OfUnknownLengthWithoutACredential_IsReadUpTo64KiB()
    {
        using var content = new StreamContent(new Unmeasured(Encoding.UTF8.GetBytes(Body(HttpLimits.MaxStrangerBodyBytes + 1))));
        content.Headers.TryAddWithoutValidation("Content-Type", Requests.Json);

        var refused = await host.SendAsync(HttpMethod.Post, "/groups", content, credential: null);

        Assert.Equal((413, TooLarge), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Body_OfAnOperator_IsReadUpToOneMegabyte()
    {
        var allowed = await host.PostAsync("/groups", Body(HttpLimits.MaxBodyBytes));
        var refused = await host.PostAsync("/groups", Body(HttpLimits.MaxBodyBytes + 1));

        Assert.Equal(400, allowed.Status);
        Assert.Equal(
            (413, """{"message":"Request body is too large (maximum is 1048576 bytes)"}"""), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Body_WhenStrangersHoldAllTheirMemory_Is429ForThemAndOperatorsGoOn()
    {
        await using var own = new ApiHost();
        await own.InitializeAsync();
        var strangers = own.Services.GetRequiredService<BodyAllowances>().Strangers.Budget;
        Assert.True(strangers.TryTake(HttpLimits.MaxStrangerBodiesBytes));

        var refused = await own.PostAsync("/groups", "{}", credential: null);
        var read = await own.GetAsync("/groups", credential: null);
        var operators = await own.PostAsync("/groups", """{"name":"a","path":"a"}""");
        strangers.Return(HttpLimits.MaxStrangerBodiesBytes);
        var after = await own.PostAsync("/groups", "{}", credential: null);

        Assert.Equal(429, refused.Status);
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("""{"message":"Too many request bodies are being read at once. Try again later."}""", refused.Body);
        Assert.Equal((200, 201, 400), (read.Status, operators.Status, after.Status));
    }

    /// <summary>A JSON object of exactly that many bytes, with nothing in it that is declared.</summary>
    private static string Body(int bytes)
    {
        const string start = "{\"x\":1";
        return start + new string(' ', bytes - start.Length - 1) + "}";
    }

    /// <summary>A stream that does not tell its length, so that it is sent in chunks.</summary>
    private sealed class Unmeasured(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
