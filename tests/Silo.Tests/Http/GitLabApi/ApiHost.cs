using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Http.ApiReference;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Silo.Http.LeakReports;
using OrleansTokens.Silo.Http.OAuth;
using OrleansTokens.Silo.Tests.Http.LeakReports;
using OrleansTokens.Silo.Tests.Http.OAuth;

[assembly: AssemblyFixture(typeof(OrleansTokens.Silo.Tests.Http.GitLabApi.ApiHost))]

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>The whole process on a free loopback port: web server, silo, and storage in a directory of its own.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    public const string AdministratorToken = "administrator-of-the-tests";

    private static int _names;

    private readonly string _directory = Directory.CreateTempSubdirectory("silo-tests-").FullName;
    private readonly RecordingLogger _log = new();
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _configure;
    private WebApplication _app = null!;

    public ApiHost()
        : this(new Dictionary<string, string?>())
    {
    }

    /// <summary>With settings beside those that every test has.</summary>
    internal ApiHost(IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configure = null) =>
        (_settings, _configure) = (settings, configure);

    /// <summary>Everything that was logged, at any level.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    internal IReadOnlyList<Operation> Operations =>
        [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<Operation>()).OfType<Operation>()];

    /// <summary>A name that no other test uses.</summary>
    public static string NewName(string prefix = "n") => $"{prefix}-{Interlocked.Increment(ref _names)}";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Grid:DataDirectory"] = _directory,
            ["Grid:AdminToken"] = AdministratorToken,
            ["Grid:Leases:Length"] = GridFixture.LeaseLength,
        });
        builder.Configuration.AddInMemoryCollection([.. OAuthCalls.Settings, .. LeakReportCalls.Settings]);
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Debug).AddFilter("Orleans", LogLevel.Warning)
            .AddFilter("Microsoft", LogLevel.Warning);
        Assert.True(GridSettings.TryRead(builder.Configuration, out var settings, out _));
        builder.AddGrid(settings);
        builder.LimitConnections(settings.MaxConnections);
        builder.Services.AddGitLabApi(settings.ExternalUrl);
        builder.Services.AddApiReference();
        _configure?.Invoke(builder.Services);
        builder.Services.AddOAuth(settings.OAuth);
        builder.Services.AddLeakReports(settings.LeakReports);
        _app = builder.Build();
        _app.UseGitLabApiErrors();
        _app.MapGitLabApi();
        _app.MapOAuth();
        _app.MapLeakReports();
        _app.MapApiReference();
        await _app.StartAsync();
        await _app.Services.GetRequiredService<FirstStart>().RunAsync();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Asks as the administrator, unless another credential, or none, is given. The target goes out as it is.</summary>
    public Task<ApiAnswer> GetAsync(string target, string? credential = AdministratorToken) =>
        SendAsync(HttpMethod.Get, target, null, credential);

    public Task<ApiAnswer> PostAsync(string target, string json = "", string? credential = AdministratorToken) =>
        SendAsync(HttpMethod.Post, target, Json(json), credential);

    public Task<ApiAnswer> PutAsync(string target, string json = "", string? credential = AdministratorToken) =>
        SendAsync(HttpMethod.Put, target, Json(json), credential);

    public Task<ApiAnswer> DeleteAsync(string target, string json = "", string? credential = AdministratorToken) =>
        SendAsync(HttpMethod.Delete, target, Json(json), credential);

    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string target, HttpContent? content, string? credential, string header = "PRIVATE-TOKEN")
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var origin = Client.BaseAddress!.AbsoluteUri.TrimEnd('/');
        using var request = new HttpRequestMessage(method, new Uri($"{origin}/api/v4{target}", options)) { Content = content };
        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation(header, credential);
        }

        using var response = await Client.SendAsync(request);
        return new ApiAnswer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    /// <summary>Makes a group; its id.</summary>
    public async Task<long> NewGroupAsync(string path, string visibility = "private", long? parent = null) =>
        await MadeAsync(PostAsync("/groups", JsonSerializer.Serialize(new { name = path, path, visibility, parent_id = parent })));

    /// <summary>Makes a project; its id.</summary>
    public async Task<long> NewProjectAsync(long group, string path, string visibility = "private") =>
        await MadeAsync(PostAsync("/projects", JsonSerializer.Serialize(new { name = path, path, visibility, namespace_id = group })));

    /// <summary>Issues a deploy token; its id.</summary>
    public async Task<long> NewTokenAsync(string holder, object? more = null) => await MadeAsync(PostAsync(
        $"/{holder}/deploy_tokens", JsonSerializer.Serialize(more ?? new { name = "t", scopes = "read_registry" })));

    /// <summary>Makes a user with an operator token.</summary>
    public async Task<ApiUser> NewUserAsync(string? username = null, bool admin = false, string scopes = "api")
    {
        username ??= NewName("user");
        var id = await MadeAsync(PostAsync(
            "/users", JsonSerializer.Serialize(new { username, name = "Some Body", email = $"{username}@example.org", admin })));
        var token = await PostAsync($"/users/{id}/personal_access_tokens", JsonSerializer.Serialize(new { name = "t", scopes }));
        return new ApiUser(id, username, (string)token.Json["token"]!, token.Json["id"]!.GetValue<long>());
    }

    /// <summary>Makes somebody a member.</summary>
    public async Task AddMemberAsync(string node, long user, int level)
    {
        var answer = await PostAsync($"/{node}/members", JsonSerializer.Serialize(new { user_id = user, access_level = level }));
        Assert.True(answer.Status == 201, answer.Body);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<long> MadeAsync(Task<ApiAnswer> asking)
    {
        var answer = await asking;
        Assert.True(answer.Status == 201, answer.Body);
        return answer.Json["id"]!.GetValue<long>();
    }

    private sealed class RecordingLogger : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}

/// <summary>An answer of the API.</summary>
public sealed record ApiAnswer(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "absent";
}

/// <summary>A user, and an operator token of it.</summary>
public sealed record ApiUser(long Id, string Username, string Token, long TokenId);
