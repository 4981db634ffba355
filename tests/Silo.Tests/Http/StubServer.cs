using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansTokens.Client;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Silo.Http;
using OrleansTokens.Silo.Http.Abuse;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>A surface on a loopback port, over grains that answer as a test says.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts one.</summary>
    public static async Task<StubServer> StartAsync(IGrainFactory grains, Action<WebApplication> map, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(grains);
        builder.Services.AddSingleton(new RegistryTokenOptions());
        builder.Services.AddSingleton(new PublicAddress(null));
        builder.Services.AddDeployTokens();
        add?.Invoke(builder.Services);
        builder.Services.AddAttemptGuard();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new StubServer(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
