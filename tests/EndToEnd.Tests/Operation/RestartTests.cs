using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Operation;

/// <summary>What is there after the process was stopped, or told to stop before it was up.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    [Fact]
    public async Task Restart_WhenTokensWereIssuedRevokedAndDeleted_KeepsEachAndUsesNoIdAgain()
    {
        IssuedToken alive, revoked, deleted;
        await using (var first = await Silo.StartReadyAsync(_data.Path))
        {
            using var admin = new AdminApi(first.Address);
            var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("kept"));
            alive = await admin.IssueForProjectAsync(project, "read_registry");
            revoked = await admin.IssueForProjectAsync(project, "read_registry");
            deleted = await admin.IssueForProjectAsync(project, "read_registry");
            await admin.RevokeAsync(revoked);
            await admin.DeleteAsync(deleted);
            Assert.Equal(0, await first.Program.StopAsync());
        }

        await using var second = await Silo.StartReadyAsync(_data.Path);
        using var after = new AdminApi(second.Address);
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(second, alive));
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(second, revoked));
        Assert.Equal(HttpStatusCode.Unauthorized, await LoginAsync(second, deleted));
        using var listed = JsonDocument.Parse(
            await after.Http.GetStringAsync(new Uri($"/api/v4/{alive.Holder}/deploy_tokens", UriKind.Relative)));
        Assert.Equal([alive.Id, revoked.Id], listed.RootElement.EnumerateArray().Select(static token => token.GetProperty("id").GetInt64()));
        Assert.True((await after.IssueAsync(alive.Holder, ["read_registry"])).Id > deleted.Id, "An id was used again.");
    }

    [Theory]
    [InlineData(BackgroundProgram.Interrupt)]
    [InlineData(BackgroundProgram.Terminate)]
    public async Task Stop_WhenItComesWhileStarting_EndsWithZeroAndTheNextStartWorks(int signal)
    {
        await using (var early = Silo.Start(_data.Path))
        {
            await early.Program.WaitUntilAsync(() => Task.FromResult(File.Exists(_data["grid.db"])));
            Assert.Equal(0, await early.Program.StopAsync(signal));
            Assert.DoesNotContain("Unhandled", early.Program.Output, StringComparison.Ordinal);
        }

        await using var next = await Silo.StartReadyAsync(_data.Path);
        Assert.Equal(0, await next.Program.StopAsync());
    }

    [Fact]
    public async Task Start_WhenRefusedForItsSettings_LeavesTheDataDirectoryAlone()
    {
        await using var silo = Silo.Start(_data.Path, ("Grid__AdminToken", "short"));
        Assert.NotEqual(0, await silo.Program.WaitForExitAsync());
        Assert.Empty(Directory.GetFileSystemEntries(_data.Path));
    }

    [Fact]
    public async Task SecondProcess_WhenRefused_LeavesTheFirstServing()
    {
        await using var first = await Silo.StartReadyAsync(_data.Path);
        using var admin = new AdminApi(first.Address);
        await using (var second = Silo.Start(_data.Path))
        {
            Assert.NotEqual(0, await second.Program.WaitForExitAsync());
        }

        _ = await admin.CreateGroupAsync("served");
        Assert.Equal(0, await first.Program.StopAsync());
    }

    public void Dispose() => _data.Dispose();

    private static async Task<HttpStatusCode> LoginAsync(Silo silo, IssuedToken token)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials)));
        using var response = await http.GetAsync(new Uri(silo.Address, "/jwt/auth?service=container_registry"));
        return response.StatusCode;
    }
}
