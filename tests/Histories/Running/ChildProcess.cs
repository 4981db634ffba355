using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Running;

/// <summary>A silo or client that the coordinator started. Signals go to its process id only, and never after it has ended.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LinesKept = 200;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Suspend = 19;

    private static readonly ConcurrentDictionary<ChildProcess, bool> Running = [];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Running[this] = true;
        _ = FailWhenItEndsAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Its connection, once it said who it is.</summary>
    public Peer? Peer { get; set; }

    /// <summary>Completes when it can be used; fails when it ends before.</summary>
    public Task Ready => _ready.Task;

    public bool HasExited => _process.HasExited;

    /// <summary>The last that it wrote.</summary>
    public string Output => string.Join(Environment.NewLine, _output);

    /// <summary>Starts this very program with another verb.</summary>
    public static ChildProcess Start(string verb, ProcessOptions options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in options.ToArguments().Prepend(verb).Prepend(typeof(ChildProcess).Assembly.Location))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_TieredPGO"] = "0";
        return new ChildProcess(options.Name, Process.Start(start) ?? throw new InvalidOperationException($"{verb} does not start."));
    }

    /// <summary>Ends all there are: those that stand still do not notice that the coordinator is gone.</summary>
    public static void KillAll()
    {
        foreach (var child in Running.Keys)
        {
            child.Kill();
        }
    }

    public void SayReady() => _ready.TrySetResult();

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    public void Pause() => Signal(Suspend);

    public void Resume() => Signal(Continue);

    public void Stop() => Signal(Terminate);

    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    public void Dispose() => _process.Dispose();

    private async Task FailWhenItEndsAsync()
    {
        await _process.WaitForExitAsync();
        Running.TryRemove(this, out _);
        _ready.TrySetException(new InvalidOperationException($"{Name} ended with {_process.ExitCode}:\n{Output}"));
        _ = _ready.Task.Exception; // Not everybody waits for it.
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, signal);
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
            while (_output.Count > LinesKept)
            {
                _output.TryDequeue(out _);
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int process, int signal);
}
