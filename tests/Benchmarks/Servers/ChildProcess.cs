using System.Diagnostics;
using System.Text.Json;

namespace OrleansTokens.Benchmarks;

/// <summary>A process that the benchmarks started, and stop.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptErrorLines = 20;

    private readonly Process _process;
    private readonly string _signal;
    private readonly Queue<string> _errors = new();

    private ChildProcess(Process process, string signal)
    {
        (_process, _signal) = (process, signal);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>What it last wrote as errors.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>How much memory it has of the machine.</summary>
    public long ResidentBytes => MemoryUse.ResidentBytes(_process.Id);

    /// <summary>Starts a program, which is told to end with a signal.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string signal = "TERM")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start."), signal);
    }

    /// <summary>Starts this program in another role.</summary>
    public static ChildProcess StartOwn(params string[] arguments) =>
        Start("dotnet", arguments.Prepend(typeof(ChildProcess).Assembly.Location));

    /// <summary>Runs this program in another role to its end; says what it printed.</summary>
    public static Task<string> RunOwnAsync(params string[] arguments) => RunAsync(StartOwn(arguments));

    /// <summary>Runs a program to its end; says what it printed.</summary>
    public static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(Start(program, arguments));

    /// <summary>Reads and forgets what it prints, so that it can print on.</summary>
    public void IgnoreOutput() => _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

    /// <summary>Says a line to it and waits for the object that it answers. Whatever else it prints is passed over.</summary>
    public async Task<T> AskAsync<T>(object order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{'))
            {
                return JsonSerializer.Deserialize<T>(line)!;
            }
        }

        throw new InvalidOperationException("A process ended too early:\n" + Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close(); // Which ends those that wait for orders.
            using var stop = Process.Start("kill", ["-" + _signal, $"{_process.Id}"]);
            await stop.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> RunAsync(ChildProcess child)
    {
        await using (child)
        {
            var output = await child._process.StandardOutput.ReadToEndAsync();
            await child._process.WaitForExitAsync();
            return child._process.ExitCode == 0
                ? output
                : throw new ProcessFailedException(child._process.ExitCode, child.Errors);
        }
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            if (line is not null)
            {
                _errors.Enqueue(line);
            }

            if (_errors.Count > KeptErrorLines)
            {
                _errors.Dequeue();
            }
        }
    }
}

/// <summary>A process did not do what it was to do.</summary>
internal sealed class ProcessFailedException(int exitCode, string errors) : Exception($"A process ended with {exitCode}:\n{errors}")
{
    private const int FirstSignal = 128;

    /// <summary>Whether the process was ended by a signal, and did not end by itself.</summary>
    public bool Crashed => exitCode > FirstSignal;
}
