using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Operation;

/// <summary>Whom the process lets in besides those who come by HTTP.</summary>
public sealed class PortTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    [Fact]
    public async Task Start_WithoutAGatewayPort_ListensForHttpAndForSilosOnly()
    {
        await using var silo = await Silo.StartReadyAsync(_data.Path);
        Assert.Equal(2, ListeningPorts(silo.Program.Id).Count);
        Assert.Contains(silo.Address.Port, ListeningPorts(silo.Program.Id));
    }

    [Fact]
    public async Task Start_WithAGatewayPort_ListensThere()
    {
        var port = Loopback.FreePort();
        await using var silo = await Silo.StartReadyAsync(_data.Path, ("Grid__GatewayPort", port.ToString(CultureInfo.InvariantCulture)));
        Assert.Contains(port, ListeningPorts(silo.Program.Id));
    }

    [Fact]
    public async Task SiloPort_WhenAnybodyConnects_TurnsThemAwayUnheard()
    {
        await using var silo = await Silo.StartReadyAsync(_data.Path);
        var port = Assert.Single(ListeningPorts(silo.Program.Id), port => port != silo.Address.Port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        Assert.True(await IsClosedAsync(client.GetStream(), limit.Token));
    }

    public void Dispose() => _data.Dispose();

    private static async Task<bool> IsClosedAsync(NetworkStream stream, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], cancellation) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>The TCP ports on which a process listens, from the tables of the kernel.</summary>
    private static HashSet<int> ListeningPorts(int processId)
    {
        var sockets = Directory.EnumerateFiles($"/proc/{processId}/fd")
            .Select(static file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name ?? "")
            .Where(static target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(static target => target["socket:[".Length..^1])
            .ToHashSet();
        string[] tables = [$"/proc/{processId}/net/tcp", $"/proc/{processId}/net/tcp6"];
        const string Listening = "0A";
        return tables.SelectMany(static table => File.ReadLines(table).Skip(1))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == Listening && sockets.Contains(columns[9]))
            .Select(static columns => int.Parse(columns[1][(columns[1].LastIndexOf(':') + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToHashSet();
    }
}
