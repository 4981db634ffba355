using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansTokens.Silo.Hosting;

namespace OrleansTokens.Silo.Tests.Hosting;

public sealed class WebServerTests
{
    [Fact]
    public async Task Connection_BeyondTheMaximum_IsClosedAndTheOthersGoOn()
    {
        await using var app = Build(maxConnections: 2);
        app.MapGet("/", static () => "here");
        await app.StartAsync();
        var server = new Uri(app.Urls.First());
        using var first = new TcpClient(server.Host, server.Port);
        using var second = new TcpClient(server.Host, server.Port);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(second), StringComparison.Ordinal);

        using var third = new TcpClient(server.Host, server.Port);

        Assert.Equal("", await AskAsync(third));
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_WhenSet_BoundWhatASlowClientHolds()
    {
        await using var app = Build(maxConnections: 50);

        var limits = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal((50, 0), (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections));
        Assert.InRange(limits.RequestHeadersTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));
        Assert.InRange(limits.KeepAliveTimeout, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3));
        Assert.InRange(limits.MinRequestBodyDataRate!.BytesPerSecond, 1000, 10_000);
        Assert.InRange(limits.MinRequestBodyDataRate.GracePeriod, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    private static WebApplication Build(int maxConnections)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.LimitConnections(maxConnections);
        return builder.Build();
    }

    /// <summary>The first part of the answer; nothing when the connection is closed instead.</summary>
    private static async Task<string> AskAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            var answer = new byte[4096];
            return Encoding.Latin1.GetString(answer, 0, await client.GetStream().ReadAsync(answer));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
