using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>A program that runs beside the tests. Signals go to its process id only, and never after it has ended.</summary>
internal sealed partial class BackgroundProgram : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private const int Continue = 18;
    private const int Suspend = 19;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private BackgroundProgram(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What the program has written so far, to both outputs.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static BackgroundProgram Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null) =>
        new(Process.Start(Shell.StartInfo(program, arguments, environment, workingDirectory))!);

    /// <summary>Polls until the program is ready. Fails with its output when it ends or stays unready.</summary>
    public async Task WaitUntilAsync(Func<Task<bool>> isReady)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isReady())
        {
            Assert.False(_process.HasExited, $"{this} ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Output}");
            Assert.True(Stopwatch.GetElapsedTime(started) < StartLimit, $"{this} was not ready within {StartLimit}:\n{Output}");
            await Task.Delay(PollInterval, TimeProvider.System);
        }
    }

    /// <summary>Waits for the program to end by itself, and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"{this} did not end within {StopLimit}:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Sends a signal, waits for the end, and returns the exit code.</summary>
    public Task<int> StopAsync(int signal = Terminate)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, signal);
        }

        return WaitForExitAsync();
    }

    /// <summary>Lets the process hang for as long as something takes: it keeps its connections and does nothing.</summary>
    public async Task WhileHangingAsync(Func<Task> something)
    {
        Assert.Equal(0, SendSignal(_process.Id, Suspend));
        try
        {
            await something();
        }
        finally
        {
            _ = SendSignal(_process.Id, Continue);
        }
    }

    /// <summary>Ends the process as a crash does: at once, without a chance to clean up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _ = await StopAsync();
        }
        finally
        {
            _process.Dispose();
        }
    }

    public override string ToString() => Shell.CommandLine(_process.StartInfo);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _ = _output.AppendLine(line);
            }
        }
    }
}
