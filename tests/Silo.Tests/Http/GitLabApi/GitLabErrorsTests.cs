using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Errors;
using OrleansTokens.Silo.Http.GitLabApi;
using ErrorCode = OrleansTokens.Errors.ErrorCode;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class GitLabErrorsTests : IAsyncLifetime
{
    private LoopbackServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LoopbackServer.StartAsync(app =>
    {
        app.UseMiddleware<GitLabErrorsMiddleware>();
        app.MapGet("/api/v4/bug", string () => throw new InvalidOperationException("swordfish"));
        app.MapGet("/api/v4/fault/{code}", string (ErrorCode code) => throw new TokenAuthorityException(code, "is too odd"));
        app.MapGet("/api/v4/field/{code}", string (ErrorCode code) => throw new TokenAuthorityException(code, "is too odd", "path"));
        app.MapGet("/api/v4/gone", () => GitLabErrors.ProjectNotFound);
        app.MapPost("/api/v4/read", async (HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null));
        app.MapGet("/other", string () => throw new InvalidOperationException("swordfish"));
    });

    [Theory]
    [InlineData("GET", "/api/v4/bug", 500, """{"message":"500 Internal Server Error"}""")]
    [InlineData("GET", "/api/v4/fault/None", 503, """{"message":"503 Service Unavailable"}""")]
    [InlineData("GET", "/api/v4/fault/Unavailable", 503, """{"message":"503 Service Unavailable"}""")]
    [InlineData("GET", "/api/v4/fault/InvalidArgument", 400, """{"message":"400 Bad request - is too odd"}""")]
    [InlineData("GET", "/api/v4/field/InvalidArgument", 400, """{"message":{"path":["is too odd"]}}""")]
    [InlineData("GET", "/api/v4/field/PathTaken", 400, """{"message":{"path":["is too odd"]}}""")]
    [InlineData("GET", "/api/v4/field/LimitExceeded", 400, """{"message":"400 Bad request - is too odd"}""")]
    [InlineData("GET", "/api/v4/fault/Conflict", 400, """{"message":"400 Bad request - is too odd"}""")]
    [InlineData("GET", "/api/v4/fault/NotFound", 404, """{"message":"404 Not found"}""")]
    [InlineData("GET", "/api/v4/nothing", 404, """{"error":"404 Not Found"}""")]
    [InlineData("POST", "/api/v4", 404, """{"error":"404 Not Found"}""")]
    [InlineData("PUT", "/api/v4/bug", 405, """{"error":"405 Not Allowed"}""")]
    [InlineData("GET", "/api/v4/gone", 404, """{"message":"404 Project Not Found"}""")]
    public async Task Failure_BelowTheApi_HasGitLabsShapeAndNoDetail(string method, string target, int status, string body)
    {
        using var response = await _server.SendRawAsync(new HttpMethod(method), target);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task MethodNotAllowed_TellsWhatIs()
    {
        using var response = await _server.SendRawAsync(HttpMethod.Delete, "/api/v4/bug");

        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Failure_ElsewhereInTheHost_IsLeftAlone()
    {
        using var unknown = await _server.SendRawAsync(HttpMethod.Get, "/nothing");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("", await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Failure_WhenTheServerRefusesTheBody_KeepsItsStatus()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v4/read", UriKind.Relative));
        request.Content = new ByteArrayContent(new byte[40_000_000]);
        request.Headers.ExpectContinue = true;
        using var response = await _server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("""{"message":"413 Bad request"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Json_WritesInstantsAsGitLabDoesAndTextReadably()
    {
        var instant = new DateTimeOffset(2021, 1, 1, 9, 0, 0, 5, TimeSpan.FromHours(1));
        var options = GitLabJson.Web.Options;

        Assert.Equal("\"2021-01-01T08:00:00.005Z\"", JsonSerializer.Serialize(instant, options.GetTypeInfo(typeof(DateTimeOffset))));
        Assert.Equal(
            """{"message":"gitlab+deploy-token-1 'é'"}""",
            Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(
                new MessageBody("gitlab+deploy-token-1 'é'"), GitLabJson.Web.MessageBody)));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
