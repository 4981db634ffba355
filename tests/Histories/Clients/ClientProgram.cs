using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansTokens.Client;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Clients;

/// <summary>The <c>client</c> verb: the client library, as a registry uses it.</summary>
internal static class ClientProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(ProcessOptions options)
    {
        await using var coordinator = await Peer.ConnectAsync(options.CoordinatorPort);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(options.CreateTime());
        builder.Services.AddDeployTokens(client =>
        {
            client.Deadline = Deadline;
            client.Protections = options.Protections;
            foreach (var port in options.Gateways)
            {
                client.Gateways.Add($"127.0.0.1:{port}");
            }
        });
        using var host = builder.Build();
        await host.StartAsync();
        var watcher = new Watcher(host.Services.GetRequiredService<DeployTokenValidator>(), options.Pace, options.MaxUnderWay);
        Serve(coordinator, watcher);
        coordinator.Start();
        await coordinator.CallAsync<HelloMessage, Nothing>(Operations.Hello, new HelloMessage(options.Name));
        await coordinator.CallAsync<HelloMessage, Nothing>(Operations.Ready, new HelloMessage(options.Name));
        _ = watcher.RunAsync();
        await ProcessOptions.EndWithAsync(coordinator);
        return 0;
    }

    private static void Serve(Peer coordinator, Watcher watcher)
    {
        coordinator.On<WatchMessage[], Nothing>(Operations.Watch, messages =>
        {
            Array.ForEach(messages, watcher.Watch);
            return ValueTask.FromResult(Nothing.Instance);
        });
        coordinator.On<CollectMessage, SeenMessage>(
            Operations.Collect, async message => new SeenMessage(await watcher.CollectAsync(message.History)));
        coordinator.On<AskMessage, SeenMessage>(Operations.Ask, async message => new SeenMessage(await watcher.AskAsync(message)));
    }
}
