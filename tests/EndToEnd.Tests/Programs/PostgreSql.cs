using System.Globalization;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>A database server of its own, with nothing in it.</summary>
internal sealed class PostgreSql : IAsyncDisposable
{
    private const string Superuser = "test";

    /// <summary>Whom it runs as where the tests run as root, which PostgreSQL refuses.</summary>
    private const string Account = "postgres";

    private static readonly string Programs = Directory.GetDirectories("/usr/lib/postgresql")
        .Select(static version => Path.Combine(version, "bin")).Last(static bin => File.Exists(Path.Combine(bin, "initdb")));

    private readonly TemporaryDirectory _directory = new();
    private readonly string _port = Loopback.FreePort().ToString(CultureInfo.InvariantCulture);
    private BackgroundProgram? _program;

    private PostgreSql()
    {
    }

    /// <summary>How to connect to it.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username={Superuser};Database=postgres";

    /// <summary>Starts one and waits until it is ready.</summary>
    public static async Task<PostgreSql> StartAsync()
    {
        var server = new PostgreSql();
        try
        {
            await server.StartProgramAsync();
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            // Which closes connections and does not wait for them.
            _ = await _program.StopAsync(BackgroundProgram.Interrupt);
            await _program.DisposeAsync();
        }

        _directory.Dispose();
    }

    private async Task StartProgramAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            _ = (await Shell.RunAsync("chown", [Account, _directory.Path])).Succeeded();
        }

        var data = _directory["data"];
        var (program, arguments) = AsAccount("initdb", "--pgdata=" + data, "--auth=trust", "--username=" + Superuser, "--no-sync");
        _ = (await Shell.RunAsync(program, arguments)).Succeeded();
        (program, arguments) = AsAccount(
            "postgres", "-D", data, "-p", _port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off");
        _program = BackgroundProgram.Start(program, arguments);
        await _program.WaitUntilAsync(async () => (await Shell.RunAsync(
            Path.Combine(Programs, "pg_isready"), ["--host=127.0.0.1", "--port=" + _port])).ExitCode == 0);
    }

    private static (string Program, string[] Arguments) AsAccount(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid=" + Account, "--regid=" + Account, "--clear-groups", path, .. arguments])
            : (path, arguments);
    }
}
