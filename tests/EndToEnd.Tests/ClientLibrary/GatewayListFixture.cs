using System.Globalization;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.ClientLibrary;

/// <summary>Two authorities, each with one group by which it is known, and places where gateways can be looked up.</summary>
public sealed class GatewayListFixture : IAsyncLifetime
{
    /// <summary>The first group of each authority.</summary>
    public const string First = "first";
    public const string Second = "second";

    private readonly TemporaryDirectory _data = new();
    private readonly List<IAsyncDisposable> _started = [];

    internal int FirstGateway { get; } = Loopback.FreePort();

    internal int SecondGateway { get; } = Loopback.FreePort();

    internal PostgreSql PostgreSql { get; private set; } = null!;

    internal Azurite Azurite { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await Task.WhenAll(
                StartAuthorityAsync(First, FirstGateway), StartAuthorityAsync(Second, SecondGateway), StartDatabaseAsync(), StartTablesAsync());
        }
        catch
        {
            await DisposeAsync(); // Nobody else does, of what did not come to be.
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in _started)
        {
            await started.DisposeAsync();
        }

        _data.Dispose();
    }

    private async Task StartDatabaseAsync()
    {
        PostgreSql = await PostgreSql.StartAsync();
        lock (_started)
        {
            _started.Add(PostgreSql);
        }
    }

    private async Task StartTablesAsync()
    {
        Azurite = await Azurite.StartAsync();
        lock (_started)
        {
            _started.Add(Azurite);
        }
    }

    private async Task StartAuthorityAsync(string group, int gateway)
    {
        var silo = Silo.Start(_data.Create(group), ("Grid__GatewayPort", gateway.ToString(CultureInfo.InvariantCulture)));
        lock (_started)
        {
            _started.Add(silo);
        }

        await silo.WaitUntilReadyAsync();
        using var admin = new AdminApi(silo.Address);
        _ = await admin.CreateGroupAsync(group);
    }
}
