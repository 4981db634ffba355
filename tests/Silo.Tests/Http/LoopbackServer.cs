using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>A real server on a free loopback port: what a server does to a request line is part of what is tested.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<LoopbackServer> StartAsync(Action<WebApplication> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        configure(app);
        await app.StartAsync();
        return new LoopbackServer(app);
    }

    /// <summary>Sends a request whose target is not touched by the client's own normalisation.</summary>
    public Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string target)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return Client.SendAsync(new HttpRequestMessage(method, new Uri(Client.BaseAddress!.AbsoluteUri.TrimEnd('/') + target, options)));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
