using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Errors;
using OrleansTokens.Silo.Http.LeakReports;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

public sealed class GitHubKeySourceTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private LoopbackServer _gitHub = null!;
    private GitHubKeySource _source = null!;
    private Func<(int Status, string Body)> _answer = () => (200, "{}");
    private int _asked;

    public async ValueTask InitializeAsync()
    {
        _gitHub = await LoopbackServer.StartAsync(app => app.MapGet("/keys", async (HttpContext http) =>
        {
            Interlocked.Increment(ref _asked);
            Assert.Equal("OrleansTokens", http.Request.Headers.UserAgent.ToString());
            var (status, body) = _answer();
            http.Response.StatusCode = status;
            await http.Response.WriteAsync(body);
        }));
        var options = new LeakReportOptions { GitHubKeysUrl = new Uri(_gitHub.Client.BaseAddress!, "/keys") };
        _source = new GitHubKeySource(options, _time, NullLogger<GitHubKeySource>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        await _gitHub.DisposeAsync();
    }

    [Fact]
    public async Task Find_OfAPublishedKey_AsksOnceAnHour()
    {
        using var key = NewKey();
        Publish(("a", key), ("b", key));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _source.FindAsync("a", _cancellation)));
        Assert.NotNull(await _source.FindAsync("b", _cancellation));
        Assert.Equal(1, _asked);

        _time.Advance(GitHubKeySource.RefreshAfter);
        Assert.NotNull(await _source.FindAsync("a", _cancellation));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Find_OfAKeyThatIsNew_AsksAgainAtMostOnceAMinute()
    {
        using var key = NewKey();
        Publish(("a", key));
        Assert.NotNull(await _source.FindAsync("a", _cancellation));
        Publish(("a", key), ("b", key));

        Assert.Null(await _source.FindAsync("b", _cancellation));
        _time.Advance(GitHubKeySource.RetryAfter);
        Assert.NotNull(await _source.FindAsync("b", _cancellation));
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(await _source.FindAsync($"unknown-{i}", _cancellation));
        }

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Find_OfAKeyThatWasWithdrawn_ForgetsItWithinTheHour()
    {
        using var key = NewKey();
        Publish(("a", key));
        Assert.NotNull(await _source.FindAsync("a", _cancellation));
        Publish();

        _time.Advance(GitHubKeySource.RefreshAfter);

        Assert.Null(await _source.FindAsync("a", _cancellation));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(302, "")]
    [InlineData(200, "not JSON")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"public_keys":1}""")]
    public async Task Find_WhenGitHubCannotBeAsked_IsUnavailableUntilItCan(int status, string body)
    {
        _answer = () => (status, body);
        await UnavailableAsync();
        await UnavailableAsync();
        Assert.Equal(1, _asked);

        using var key = NewKey();
        Publish(("a", key));
        _time.Advance(GitHubKeySource.RetryAfter);
        Assert.NotNull(await _source.FindAsync("a", _cancellation));
    }

    [Fact]
    public async Task Find_WhenTheAnswerIsTooLarge_DoesNotTakeIt()
    {
        _answer = () => (200, $$"""{"public_keys":[],"x":"{{new string('x', 70_000)}}"}""");

        await UnavailableAsync();
    }

    [Fact]
    public async Task Find_WhenGitHubCannotBeAskedAnyMore_GoesOnWithTheKeysThatAreKnown()
    {
        using var key = NewKey();
        Publish(("a", key));
        Assert.NotNull(await _source.FindAsync("a", _cancellation));
        _answer = () => (500, "");

        _time.Advance(GitHubKeySource.RefreshAfter);

        Assert.NotNull(await _source.FindAsync("a", _cancellation));
        Assert.Null(await _source.FindAsync("b", _cancellation));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Find_AmongEntriesThatAreNoKeys_FindsTheOnesThatAre()
    {
        using var key = NewKey();
        using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _answer = () => (200, JsonSerializer.Serialize(new
        {
            public_keys = new object[]
            {
                1, new { }, new { key_identifier = "x", key = "no PEM" }, new { key_identifier = 1, key = key.ExportSubjectPublicKeyInfoPem() },
                new { key_identifier = "p384", key = otherCurve.ExportSubjectPublicKeyInfoPem() },
                new { key_identifier = "a", key = key.ExportSubjectPublicKeyInfoPem(), is_current = false },
            },
        }));

        var body = "[]"u8.ToArray();
        var found = await _source.FindAsync("a", _cancellation);

        Assert.True(found!.Verifies(body, Convert.FromBase64String(LeakReportCalls.Sign(body, key))));
        Assert.Null(await _source.FindAsync("p384", _cancellation));
        Assert.Null(await _source.FindAsync("x", _cancellation));
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private void Publish(params (string Id, ECDsa Key)[] keys)
    {
        var body = JsonSerializer.Serialize(new
        {
            public_keys = keys.Select(k => new { key_identifier = k.Id, key = k.Key.ExportSubjectPublicKeyInfoPem(), is_current = true }),
        });
        _answer = () => (200, body);
    }

    private async Task UnavailableAsync()
    {
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => _source.FindAsync("a", _cancellation));
        Assert.Equal(Errors.ErrorCode.Unavailable, fault.Code);
    }
}
