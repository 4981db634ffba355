using System.Globalization;

namespace OrleansTokens.Benchmarks;

/// <summary>A PostgreSQL of Debian's, over a directory of its own, on a free port of loopback; gone with its data when it is disposed.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Superuser = "benchmark";

    /// <summary>Whom it runs as where the benchmarks run as root, which PostgreSQL refuses.</summary>
    private const string Account = "postgres";

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly string _programs;
    private readonly int _port;
    private ChildProcess? _process;

    private PostgreSqlServer(string programs, int port) => (_programs, _port) = (programs, port);

    public static async Task<PostgreSqlServer> StartAsync()
    {
        var server = new PostgreSqlServer(FindPrograms(), Server.FreePort());
        try
        {
            await server.StartProcessAsync();
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a database; says how to connect to it: over 16 connections, since more only share the same cores, which are not reset
    /// each time they are borrowed. Both make it faster.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await ChildProcess.RunAsync(
            Path.Combine(_programs, "createdb"), "--host=127.0.0.1", Invariant($"--port={_port}"), "--username=" + Superuser, name);
        return Invariant($"Host=127.0.0.1;Port={_port};Username={Superuser};Database={name};Maximum Pool Size=16;No Reset On Close=true");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static string FindPrograms() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin"))
            .LastOrDefault(static bin => File.Exists(Path.Combine(bin, "initdb"))) is { } found
            ? found
            : throw new MissingProgramException("PostgreSQL");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task StartProcessAsync()
    {
        var data = _folder.At("data");
        if (Environment.IsPrivilegedProcess)
        {
            await ChildProcess.RunAsync("chown", Account, _folder.Path);
        }

        var (program, arguments) = AsAccount("initdb", "--pgdata=" + data, "--auth=trust", "--username=" + Superuser, "--no-sync");
        await ChildProcess.RunAsync(program, arguments);
        (program, arguments) = AsAccount(
            "postgres", "-D", data, "-p", Invariant($"{_port}"), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", "shared_buffers=512MB", "-c", "max_connections=200", "-c", "jit=off");
        _process = ChildProcess.Start(program, arguments, signal: "INT"); // Which closes connections and does not wait for them.
        _process.IgnoreOutput();
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(deadline) > StartsWithin)
            {
                throw new InvalidOperationException("PostgreSQL did not become ready:\n" + _process.Errors);
            }

            await Task.Delay(LookAgainAfter, TimeProvider.System);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            await ChildProcess.RunAsync(Path.Combine(_programs, "pg_isready"), "--host=127.0.0.1", Invariant($"--port={_port}"));
            return true;
        }
        catch (ProcessFailedException)
        {
            return false;
        }
    }

    private (string Program, string[] Arguments) AsAccount(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid=" + Account, "--regid=" + Account, "--clear-groups", path, .. arguments])
            : (path, arguments);
    }
}

/// <summary>Something that the benchmarks drive is not installed.</summary>
internal sealed class MissingProgramException(string what)
    : Exception($"{what} is not installed: run tests/install.sh --benchmarks, and try again.");
