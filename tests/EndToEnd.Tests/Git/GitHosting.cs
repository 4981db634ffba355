using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>Bare repositories, and git's own HTTP server over them, which knows no access control.</summary>
internal sealed class GitHosting : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "Test",
        ["GIT_AUTHOR_EMAIL"] = "test@example.com",
        ["GIT_COMMITTER_NAME"] = "Test",
        ["GIT_COMMITTER_EMAIL"] = "test@example.com",
    };

    private readonly TemporaryDirectory _directory;
    private readonly BackgroundProgram _fastCgi;
    private int _clones;

    private GitHosting(TemporaryDirectory directory, BackgroundProgram fastCgi)
    {
        _directory = directory;
        _fastCgi = fastCgi;
    }

    public string Root => _directory["git"];

    public string Socket => _directory["fcgiwrap.socket"];

    public static async Task<GitHosting> StartAsync(TemporaryDirectory directory)
    {
        _ = directory.Create("git");
        var fastCgi = BackgroundProgram.Start("fcgiwrap", ["-f", "-s", "unix:" + directory["fcgiwrap.socket"]]);
        var hosting = new GitHosting(directory, fastCgi);
        await fastCgi.WaitUntilAsync(() => Task.FromResult(File.Exists(hosting.Socket)));
        return hosting;
    }

    /// <summary>Runs git without anything configured on this machine.</summary>
    public static Task<ProgramResult> GitAsync(string directory, params string[] arguments) =>
        Shell.RunAsync("git", arguments, Environment, directory);

    /// <summary>Makes a bare repository with one commit, whose file <c>README</c> says its path.</summary>
    public async Task CreateAsync(string path)
    {
        var source = NewDirectory();
        var bare = Path.Combine(Root, path + ".git");
        await File.WriteAllTextAsync(Path.Combine(source, "README"), path);
        _ = (await GitAsync(source, "init", "--quiet", "--initial-branch=main")).Succeeded();
        await CommitAsync(source);
        _ = (await GitAsync(source, "clone", "--quiet", "--bare", source, bare)).Succeeded();
    }

    public static async Task CommitAsync(string clone)
    {
        _ = (await GitAsync(clone, "add", ".")).Succeeded();
        _ = (await GitAsync(clone, "commit", "--quiet", "--allow-empty", "--message", "A change")).Succeeded();
    }

    /// <summary>A commit that a clone made earlier does not have yet.</summary>
    public async Task AdvanceAsync(string path)
    {
        var clone = NewDirectory();
        _ = (await GitAsync(clone, "clone", "--quiet", Path.Combine(Root, path + ".git"), ".")).Succeeded();
        await CommitAsync(clone);
        _ = (await GitAsync(clone, "push", "--quiet")).Succeeded();
    }

    public string NewDirectory() => _directory.Create($"clone-{Interlocked.Increment(ref _clones)}");

    public ValueTask DisposeAsync() => _fastCgi.DisposeAsync();
}
