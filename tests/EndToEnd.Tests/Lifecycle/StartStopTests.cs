using System.Net;
using System.Text.Json;
using OrleansTokens.EndToEnd.Tests.Programs;
using OrleansTokens.EndToEnd.Tests.Registry;

namespace OrleansTokens.EndToEnd.Tests.Lifecycle;

/// <summary>The process as an operator meets it.</summary>
public sealed class StartStopTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(BackgroundProgram.Terminate)]
    [InlineData(BackgroundProgram.Interrupt)]
    public async Task Process_WhenToldToStop_EndsWithZero(int signal)
    {
        await using var silo = await Silo.StartReadyAsync(_directory.Path);
        Assert.Equal(0, await silo.Program.StopAsync(signal));
        Assert.DoesNotContain("Exception", silo.Program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackgroundProgram.Terminate)]
    [InlineData(BackgroundProgram.Interrupt)]
    public async Task Process_WhenToldToStopWhileStarting_Ends(int signal)
    {
        await using var silo = Silo.Start(_directory.Path);
        await silo.Program.WaitUntilAsync(() => Task.FromResult(File.Exists(_directory["master.key"])));
        _ = await silo.Program.StopAsync(signal);
        await using var next = await Silo.StartReadyAsync(_directory.Path);
        Assert.Equal(0, await next.Program.StopAsync());
    }

    [Fact]
    public async Task FirstStart_WhenNoOperatorTokenIsGiven_PrintsOneThatWorksAndOnlyOnce()
    {
        string token;
        await using (var first = await Silo.StartReadyAsync(_directory.Path, ("Grid__AdminToken", "")))
        {
            await first.Program.WaitUntilAsync(() => Task.FromResult(first.Program.Output.Contains("TOKEN=", StringComparison.Ordinal)));
            Assert.Contains(_directory.Path, first.Program.Output, StringComparison.Ordinal);
            Assert.Contains(first.Address.Authority, first.Program.Output, StringComparison.Ordinal);
            token = first.Program.Output.Split("TOKEN=", 2)[1].Split('\n')[0].Trim();
            Assert.Equal(HttpStatusCode.OK, await AskAsync(first, token));
            Assert.Equal(0, await first.Program.StopAsync());
        }

        await using var second = await Silo.StartReadyAsync(_directory.Path, ("Grid__AdminToken", ""));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second, token));
        Assert.Equal(0, await second.Program.StopAsync());
        Assert.DoesNotContain(token, second.Program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("TOKEN=", second.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenOperatorToken_WhenStarting_IsNotPrinted()
    {
        await using var silo = await Silo.StartReadyAsync(_directory.Path);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, Silo.OperatorToken));
        Assert.Equal(0, await silo.Program.StopAsync());
        Assert.DoesNotContain(Silo.OperatorToken, silo.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_WhenStoppedProperly_KeepsEverything()
    {
        IssuedToken alive, revoked, deleted;
        long project;
        await using (var first = await Silo.StartReadyAsync(_directory.Path))
        {
            using var admin = new AdminApi(first.Address);
            project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("kept"));
            alive = await admin.IssueForProjectAsync(project, "read_registry");
            revoked = await admin.IssueForProjectAsync(project, "read_registry");
            deleted = await admin.IssueForProjectAsync(project, "read_registry");
            await admin.RevokeAsync(revoked);
            await admin.DeleteAsync(deleted);
            Assert.Equal(0, await first.Program.StopAsync());
        }

        await using var second = await Silo.StartReadyAsync(_directory.Path);
        using var after = new AdminApi(second.Address);
        _ = await RegistryTokenClient.FetchAsync(second.Address, alive, "repository:kept/app:pull");
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.StatusAsync(second.Address, revoked));
        Assert.Equal(HttpStatusCode.Unauthorized, await RegistryTokenClient.StatusAsync(second.Address, deleted));
        using var listed = JsonDocument.Parse(await after.Http.GetStringAsync(new Uri($"/api/v4/projects/{project}/deploy_tokens", UriKind.Relative)));
        Assert.Equal([alive.Id, revoked.Id], listed.RootElement.EnumerateArray().Select(token => token.GetProperty("id").GetInt64()));
        var next = await after.IssueForProjectAsync(project, "read_registry");
        Assert.True(next.Id > deleted.Id, "An id was used again.");
    }

    [Fact]
    public async Task SecondProcess_WhenDirectoryIsInUse_IsRefusedAndHarmsNothing()
    {
        await using var first = await Silo.StartReadyAsync(_directory.Path);
        await using var second = Silo.Start(_directory.Path);
        Assert.NotEqual(0, await second.Program.WaitForExitAsync());
        Assert.Contains("OrleansTokens does not start", second.Program.Output, StringComparison.Ordinal);
        Assert.Contains(_directory.Path, second.Program.Output, StringComparison.Ordinal);
        Assert.Contains("another process", second.Program.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", second.Program.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(first, Silo.OperatorToken));
    }

    [Fact]
    public async Task Start_WhenSeveralSettingsAreWrong_ReportsAllOfThemAtOnce()
    {
        await using var silo = Silo.Start(
            _directory.Path,
            ("Grid__AdminToken", "short"),
            ("Grid__Jwt__Algorithm", "HS256"),
            ("Grid__Jwt__Lifetime", "10 minutes"),
            ("Grid__SiloPort", "70000"),
            ("Grid__Tokens__Prefix", "with space"),
            ("Grid__DataDirectry", "misspelled"));
        Assert.NotEqual(0, await silo.Program.WaitForExitAsync());
        foreach (var setting in new[] { "AdminToken", "Jwt:Algorithm", "Jwt:Lifetime", "SiloPort", "Tokens:Prefix", "DataDirectry" })
        {
            Assert.Contains("Grid:" + setting, silo.Program.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", silo.Program.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Start_WhenPortIsTaken_SaysSo()
    {
        await using var first = await Silo.StartReadyAsync(_directory.Create("first"));
        string[] arguments = [Repository.SiloAssembly, "--urls", first.Address.GetLeftPart(UriPartial.Authority)];
        var environment = new Dictionary<string, string> { ["Grid__DataDirectory"] = _directory.Create("second") };
        await using var second = BackgroundProgram.Start("dotnet", arguments, environment);
        Assert.NotEqual(0, await second.WaitForExitAsync());
        Assert.Contains(first.Address.Authority, second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<HttpStatusCode> AskAsync(Silo silo, string operatorToken)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", operatorToken);
        using var response = await http.GetAsync(new Uri(silo.Address, "/api/v4/deploy_tokens"));
        return response.StatusCode;
    }
}
