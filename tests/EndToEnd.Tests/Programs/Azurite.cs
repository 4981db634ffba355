using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>Microsoft's emulator of Azure Tables, with nothing in it.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private const string Account = "test";

    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(2);

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
        var azurite = new Azurite(
            program,
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};TableEndpoint=http://127.0.0.1:{port}/{Account};");
        try
        {
            await azurite.WaitUntilReadyAsync();
            return azurite;
        }
        catch (Exception)
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    /// <summary>It accepts connections before it answers.</summary>
    private async Task WaitUntilReadyAsync()
    {
        var tables = new TableServiceClient(
            ConnectionString, new TableClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = AttemptLimit } });
        await _program.WaitUntilAsync(async () =>
        {
            try
            {
                _ = await tables.QueryAsync().AsPages().FirstAsync();
                return true;
            }
            catch (Exception fault) when (fault is RequestFailedException or OperationCanceledException)
            {
                return false;
            }
        });
    }
}
