using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>Microsoft's emulator of Azure Tables, with nothing in it.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "test";

    private readonly BackgroundProgram _program;

    private Azurite(BackgroundProgram program, string connectionString) => (_program, ConnectionString) = (program, connectionString);

    /// <summary>How to connect to it.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts one and waits until it is ready.</summary>
    public static async Task<Azurite> StartAsync()
    {
        var port = Loopback.FreePort();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var program = BackgroundProgram.Start(
            "node",
            [
                NodeModules.Path("azurite", "dist", "src", "table", "main.js"), "--inMemoryPersistence", "--skipApiVersionCheck",
                "--disableTelemetry", "--tableHost", "127.0.0.1", "--tablePort", port.ToString(CultureInfo.InvariantCulture),
            ],
            new Dictionary<string, string> { ["AZURITE_ACCOUNTS"] = $"{Account}:{key}" });
        await program.WaitUntilAsync(() => AcceptsAsync(port));
        return new Azurite(
            program,
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};TableEndpoint=http://127.0.0.1:{port}/{Account};");
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
