using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Storage.Sqlite;
using OrleansTokens.Validation;
using ErrorCode = OrleansTokens.Errors.ErrorCode;

namespace OrleansTokens.Silo.Tests.Hosting;

/// <summary>A process whose storage fails: another one holds the write lock of the database for as long as a test wants.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private static readonly OperatorId Operator = new(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("orleans-tokens-").FullName;
    private readonly FakeTimeProvider _time = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    private DeployTokenAdministration Administration => _app.Services.GetRequiredService<DeployTokenAdministration>();

    private SqliteWriter Writer => _app.Services.GetRequiredService<SqliteDatabase>().Writer;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Grid:DataDirectory", _directory)]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Assert.True(GridSettings.TryRead(builder.Configuration, out var settings, out _));
        builder.AddGrid(settings);
        builder.Services.PostConfigure<SqliteStorageOptions>(static options => options.BusyTimeout = TimeSpan.FromMilliseconds(20));
        builder.Services.AddSingleton(services => new SqliteWriteProbe(services.GetRequiredService<SqliteDatabase>(), _time));
        builder.Services.AddHealth();
        _app = builder.Build();
        _app.MapHealth();
        await _app.StartAsync();
        await _app.Services.GetRequiredService<FirstStart>().RunAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Ready_WhenTheLastWriteFailed_Is503UntilAProbeSucceedsAndValidationsGoOn()
    {
        var issued = await IssueAsync();
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync("/readyz"));
        await using (await FailWritesAsync())
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage does not take writes"), await AskAsync("/readyz"));
            Assert.Equal(HttpStatusCode.OK, (await AskAsync("/healthz")).Status);
            Assert.True(await IsAllowedAsync(issued));
        }

        var before = Writer.CommittedGroups;
        var notDueYet = await AskAsync("/readyz");
        _time.Advance(TimeSpan.FromSeconds(1));
        var due = await AskAsync("/readyz");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage does not take writes"), notDueYet);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), due);
        Assert.Equal(before + 1, Writer.CommittedGroups);
    }

    [Fact]
    public async Task Ready_WhenAnotherWriteSucceeds_Is200WithoutAProbe()
    {
        await using (await FailWritesAsync())
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync("/readyz")).Status);
        }

        await GroupAsync("after");
        var before = Writer.CommittedGroups;

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync("/readyz"));
        Assert.Equal(before, Writer.CommittedGroups);
    }

    [Fact]
    public async Task Probe_WhenItSucceeds_HasWrittenToTheDisk()
    {
        var log = new FileInfo(Path.Combine(_directory, "grid.db-wal"));
        await using (await FailWritesAsync())
        {
        }

        var before = log.Length;
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/readyz")).Status);
        log.Refresh();
        Assert.InRange(log.Length, before + 1, before + (64 << 10));
    }

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Takes the write lock, and has one write fail of it.</summary>
    private async Task<SqliteConnection> FailWritesAsync()
    {
        var shell = new SqliteConnection($"Data Source={Path.Combine(_directory, "grid.db")};Pooling=False");
        await shell.OpenAsync();
        await using var command = shell.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync();
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => GroupAsync("never"));
        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        return shell;
    }

    private Task<NamespaceView> GroupAsync(string path) =>
        Administration.CreateGroupAsync(new CreateNamespace(default, Slug.Parse(path), path, "", Visibility.Private, Operator));

    private async Task<IssuedDeployToken> IssueAsync()
    {
        var group = await GroupAsync("group");
        return await Administration.IssueTokenAsync(
            new IssueDeployToken(group.Id, "t", null, DeployTokenScopes.ReadRegistry, null, Operator));
    }

    private async Task<bool> IsAllowedAsync(IssuedDeployToken issued) => (await _app.Services.GetRequiredService<DeployTokenValidator>()
        .ValidateAsync(Credential.WithUsername(issued.Token.Username, issued.Secret), RegistryAction.Authenticate)).Allowed;
}
