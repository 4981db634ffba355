using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.PythonGitlab;

/// <summary>Debian's python3-gitlab, which belongs to Debian's own Python.</summary>
public sealed class PythonGitlabTests : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryDirectory _folder = new();
    private Silo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await Silo.StartReadyAsync(_folder.Create("data"));
        await File.WriteAllTextAsync(
            _folder["gitlab.cfg"],
            $"[global]\ndefault = here\n[here]\nurl = {_silo.Address.GetLeftPart(UriPartial.Authority)}\n"
            + $"private_token = {Silo.OperatorToken}\napi_version = 4\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Library_WhenUsedAsItsUsersDo_DoesWhatTheyExpect()
    {
        var script = Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "PythonGitlab", "library.py");
        var result = await Shell.RunAsync(Python, [script, _silo.Address.GetLeftPart(UriPartial.Authority), Silo.OperatorToken]);
        Assert.EndsWith("OK\n", result.Succeeded().StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_WhenItCreatesListsAndDeletesTokens_SaysWhatItDid()
    {
        using var admin = new AdminApi(_silo.Address);
        var group = await admin.CreateGroupAsync("cli");
        var project = await admin.CreateProjectAsync("app", group);

        Assert.Contains("root", (await RunAsync("current-user", "get")).StandardOutput, StringComparison.Ordinal);
        var created = await RunAsync(
            "-v", "project-deploy-token", "create", "--project-id", "cli/app", "--name", "from-cli", "--scopes", "read_registry,read_repository");
        Assert.Contains("gldt-", created.StandardOutput, StringComparison.Ordinal);
        var listed = await RunAsync("-v", "project-deploy-token", "list", "--project-id", $"{project}", "--get-all");
        Assert.Contains("from-cli", listed.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("gldt-", listed.StandardOutput, StringComparison.Ordinal);
        var id = System.Text.RegularExpressions.Regex.Match(listed.StandardOutput, @"(?m)^id: (\d+)").Groups[1].Value;
        _ = await RunAsync("project-deploy-token", "delete", "--project-id", "cli/app", "--id", id);
        Assert.DoesNotContain(
            "from-cli", (await RunAsync("-v", "project-deploy-token", "list", "--project-id", "cli/app")).StandardOutput, StringComparison.Ordinal);

        _ = await RunAsync("group-deploy-token", "create", "--group-id", "cli", "--name", "of-group", "--scopes", "read_registry");
        Assert.Contains("of-group", (await RunAsync("-v", "deploy-token", "list", "--get-all")).StandardOutput, StringComparison.Ordinal);
    }

    private async Task<ProgramResult> RunAsync(params string[] arguments) =>
        (await Shell.RunAsync(Python, ["-m", "gitlab", "--config-file", _folder["gitlab.cfg"], .. arguments])).Succeeded();
}
