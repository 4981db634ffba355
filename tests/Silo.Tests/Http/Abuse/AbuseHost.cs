using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Silo.Http.DockerToken;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Silo.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.Abuse;

/// <summary>
/// The whole process on a free loopback port, with a clock of its own for bans. 127.0.0.1 is a trusted proxy, so that a test can come from
/// anywhere; every other loopback address is a client that asks by itself.
/// </summary>
public sealed class AbuseHost : IAsyncLifetime
{
    public const string Proxy = "127.0.0.1";

    private const string AdministratorToken = "administrator-of-the-tests";
    private static readonly OperatorId Operator = new(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("silo-tests-").FullName;
    private WebApplication _app = null!;
    private HttpClient _operator = null!;
    private int _sources;

    public FakeTimeProvider Time { get; } = new();

    /// <summary>A token of a private project that may do everything.</summary>
    public IssuedDeployToken Token { get; private set; } = null!;

    private Uri Server => new(_app.Urls.First());

    private DeployTokenAdministration Administration => _app.Services.GetRequiredService<DeployTokenAdministration>();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Grid:DataDirectory"] = _directory,
            ["Grid:AdminToken"] = AdministratorToken,
            ["Grid:Leases:Length"] = GridFixture.LeaseLength,
            ["Grid:Http:TrustedProxies"] = Proxy,
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Assert.True(GridSettings.TryRead(builder.Configuration, out var settings, out _));
        builder.AddGrid(settings);
        builder.Services.AddGitLabApi(settings.ExternalUrl);
        builder.Services.AddSingleton(new SourceBans(Time));
        _app = builder.Build();
        _app.UseTrustedProxies(settings.TrustedProxies);
        _app.MapForwardAuth();
        _app.UseGitLabApiErrors();
        _app.MapDockerToken();
        _app.MapGitLabApi();
        await _app.StartAsync();
        await _app.Services.GetRequiredService<FirstStart>().RunAsync();
        _operator = new HttpClient { BaseAddress = Server };
        _operator.DefaultRequestHeaders.Add("PRIVATE-TOKEN", AdministratorToken);
        var closed = await ProjectAsync("acme", Visibility.Private);
        _ = await ProjectAsync("open", Visibility.Public);
        Token = await Administration.IssueTokenAsync(new IssueDeployToken(closed, "t", null, ScopeNames.All, null, Operator));
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>An address that no other test comes from.</summary>
    public string NewSource() => $"10.0.{Interlocked.Increment(ref _sources)}.1";

    /// <summary>A token of the public project.</summary>
    public async Task<IssuedDeployToken> OpenTokenAsync()
    {
        Assert.True(NamespacePath.TryParse("open/api", out var path));
        var open = await Administration.ResolveAsync(path);
        return await Administration.IssueTokenAsync(new IssueDeployToken(open.Target, "t", null, ScopeNames.All, null, Operator));
    }

    /// <summary>Changes settings, as an administrator does.</summary>
    public async Task SetAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _operator.PutAsync(new Uri("/api/v4/application/settings", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>A ban after three failures within a minute, for ten.</summary>
    public Task SwitchOnAsync(string more = "") => SetAsync(
        $$"""
        {"rack_attack_git_basic_auth_enabled":true,"rack_attack_git_basic_auth_maxretry":3,"rack_attack_git_basic_auth_findtime":60,
        "rack_attack_git_basic_auth_bantime":600,"rack_attack_git_basic_auth_status":403,"rack_attack_git_basic_auth_ip_whitelist":[]{{more}}}
        """);

    /// <summary>Fetches from the private project through a proxy.</summary>
    internal Task<RawAnswer> FetchAsync(string source, string? secret, string? username = null) =>
        AskAsync(Proxy, "/forward-auth/acme/api.git/info/refs?service=git-upload-pack", $"X-Forwarded-For: {source}", Basic(secret, username));

    /// <summary>Asks for a registry token through a proxy.</summary>
    internal Task<RawAnswer> SignInAsync(string source, string? secret, string? username = null) =>
        AskAsync(Proxy, "/jwt/auth?service=container_registry", $"X-Forwarded-For: {source}", Basic(secret, username));

    /// <summary>Sends a request from a loopback address.</summary>
    internal async Task<RawAnswer> AskAsync(string from, string target, params string?[] headers)
    {
        using var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(Server.Host, Server.Port);
        await using var stream = client.GetStream();
        string[] lines = [$"GET {target} HTTP/1.1", "Host: git.example", "Connection: close", .. headers.OfType<string>(), "", ""];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines)));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return RawAnswer.Parse(await reader.ReadToEndAsync());
    }

    /// <summary>The header that shows a secret under the token's own username, or another; null for none.</summary>
    public string? Basic(string? secret, string? username = null) => secret is null
        ? null
        : "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username ?? Token.Token.Username}:{secret}"));

    private async Task<NamespaceId> ProjectAsync(string group, Visibility visibility)
    {
        var above = await Administration.CreateGroupAsync(new CreateNamespace(default, Slug.Parse(group), group, "", visibility, Operator));
        var made = await Administration.CreateProjectAsync(
            new CreateNamespace(above.Id.AsGroup, Slug.Parse("api"), "api", "", visibility, Operator));
        return made.Id;
    }
}
