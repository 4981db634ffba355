using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.GitLabApi;

/// <summary>python-gitlab, Debian's package, as a library and as a command line.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class PythonGitLabTests(AuthorityFixture authority) : IDisposable
{
    /// <summary>Debian's own: another Python that comes first in the path does not have the library.</summary>
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("project_tokens")]
    [InlineData("group_tokens")]
    [InlineData("instance_tokens")]
    [InlineData("pages")]
    [InlineData("active")]
    [InlineData("full_paths")]
    [InlineData("mistakes")]
    public async Task Library_WhenUsedAsWithGitLab_Works(string conversation)
    {
        var script = Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "python", "deploy_tokens.py");
        var url = authority.Silo.Address.GetLeftPart(UriPartial.Authority);
        var name = "python-" + conversation.Replace('_', '-');
        _ = (await Shell.RunAsync(Python, ["-B", "-W", "ignore", script, conversation, url, Silo.OperatorToken, name])).Succeeded();
    }

    [Fact]
    public async Task CommandLine_WhenGivenAConfiguration_IssuesListsAndDeletes()
    {
        var project = $"{await authority.Admin.CreateProjectAsync("app", await authority.Admin.CreateGroupAsync("python-cli"))}";
        await File.WriteAllTextAsync(_directory["gitlab.cfg"], $"""
            [global]
            default = here

            [here]
            url = {authority.Silo.Address.GetLeftPart(UriPartial.Authority)}
            private_token = {Silo.OperatorToken}
            """);
        var made = (await CommandAsync("create", "--project-id", project, "--name", "cli", "--scopes", "read_registry")).Succeeded();
        Assert.Contains("gldt-", made.StandardOutput, StringComparison.Ordinal);
        var listed = (await CommandAsync("list", "--project-id", project)).Succeeded().StandardOutput;
        var id = listed.Split('\n').First(line => line.StartsWith("id: ", StringComparison.Ordinal))[4..];
        var got = (await CommandAsync("get", "--project-id", project, "--id", id)).Succeeded();
        Assert.Contains("username: gitlab+deploy-token-" + id, got.StandardOutput, StringComparison.Ordinal);
        _ = (await CommandAsync("delete", "--project-id", project, "--id", id)).Succeeded();
        _ = (await CommandAsync("get", "--project-id", project, "--id", id)).Failed("404");
    }

    public void Dispose() => _directory.Dispose();

    private Task<ProgramResult> CommandAsync(string action, params string[] arguments) => Shell.RunAsync(
        Python,
        ["-W", "ignore", "-m", "gitlab", "--config-file", _directory["gitlab.cfg"], "--verbose", "project-deploy-token", action, .. arguments]);
}
