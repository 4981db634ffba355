using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>What stands behind a proxy.</summary>
internal sealed record Backends(Uri Authority, Uri Lfs, string FastCgiSocket, string GitRoot);

/// <summary>A proxy with the configuration of <c>infra/proxies</c>, values filled in as its README says.</summary>
internal sealed class GitProxy : IAsyncDisposable
{
    public const string Nginx = "nginx";
    public const string Caddy = "Caddy";
    public const string HAProxy = "HAProxy";

    /// <summary>As a user may write it: without the lines that drop a client's own headers.</summary>
    public const string PlainNginx = "nginx, plain";

    /// <inheritdoc cref="PlainNginx"/>
    public const string PlainCaddy = "Caddy, plain";

    private const string GitSite = "orleanstokens-git.conf";
    private const string Caddyfile = "Caddyfile";

    private static readonly string[] ForeignHeaders =
        ["set_header X-Original-URL", "set_header X-Forwarded-Uri", "set_header X-Forwarded-Method", "request_header -X-Original-"];

    private static readonly HttpClient Http = new();

    private readonly BackgroundProgram _program;

    private GitProxy(BackgroundProgram program, Uri address)
    {
        _program = program;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<GitProxy> StartAsync(string name, Backends backends, TemporaryDirectory directory)
    {
        var address = Loopback.Address(Loopback.FreePort());
        var program = name switch
        {
            Nginx => await StartNginxAsync(address, backends, directory, await ReadAsync("nginx", GitSite)),
            PlainNginx => await StartNginxAsync(address, backends, directory, Without(await ReadAsync("nginx", GitSite), ForeignHeaders)),
            Caddy => StartCaddy(address, backends, directory, Repository.Infra("proxies", "caddy", Caddyfile)),
            PlainCaddy => StartCaddy(address, backends, directory, await WritePlainCaddyfileAsync(directory)),
            HAProxy => StartHAProxy(address, backends),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        await program.WaitUntilAsync(() => Loopback.AnswersAsync(Http, address));
        return new GitProxy(program, address);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    /// <summary>nginx reads no environment, so the values of the file are replaced. Each must be there.</summary>
    private static async Task<BackgroundProgram> StartNginxAsync(Uri address, Backends backends, TemporaryDirectory directory, string site)
    {
        foreach (var (value, replacement) in new[]
        {
            ("127.0.0.1:8090", address.Authority),
            ("127.0.0.1:8080", backends.Authority.Authority),
            ("127.0.0.1:8081", backends.Lfs.Authority),
            ("/run/fcgiwrap.socket", backends.FastCgiSocket),
            ("/srv/git", backends.GitRoot),
        })
        {
            Assert.Contains(value, site, StringComparison.Ordinal);
            site = site.Replace(value, replacement, StringComparison.Ordinal);
        }

        return await NginxSite.RunAsync(GitSite, site, address, directory);
    }

    private static BackgroundProgram StartCaddy(Uri address, Backends backends, TemporaryDirectory directory, string file) => BackgroundProgram.Start(
        "caddy",
        ["run", "--adapter", "caddyfile", "--config", file],
        new Dictionary<string, string>
        {
            ["GIT_ADDRESS"] = address.Host,
            ["GIT_PORT"] = $"{address.Port}",
            ["GIT_FASTCGI"] = "unix/" + backends.FastCgiSocket,
            ["GIT_ROOT"] = backends.GitRoot,
            ["LFS_SERVER"] = backends.Lfs.Authority,
            ["ORLEANSTOKENS"] = backends.Authority.Authority,
            ["XDG_DATA_HOME"] = directory["caddy"],
            ["XDG_CONFIG_HOME"] = directory["caddy"],
        });

    private static BackgroundProgram StartHAProxy(Uri address, Backends backends) => BackgroundProgram.Start(
        "haproxy",
        ["-db", "-f", Repository.Infra("proxies", "haproxy", "haproxy.cfg")],
        new Dictionary<string, string>
        {
            ["GIT_BIND"] = address.Authority,
            ["GIT_FASTCGI"] = backends.FastCgiSocket,
            ["GIT_ROOT"] = backends.GitRoot,
            ["LFS_SERVER"] = backends.Lfs.Authority,
            ["ORLEANSTOKENS"] = backends.Authority.GetLeftPart(UriPartial.Authority),
            ["ORLEANSTOKENS_LUA"] = Repository.Infra("proxies", "haproxy", "orleanstokens.lua"),
        });

    private static async Task<string> WritePlainCaddyfileAsync(TemporaryDirectory directory)
    {
        await File.WriteAllTextAsync(directory[Caddyfile], Without(await ReadAsync("caddy", Caddyfile), ForeignHeaders));
        return directory[Caddyfile];
    }

    private static Task<string> ReadAsync(params string[] path) => File.ReadAllTextAsync(Repository.Infra(["proxies", .. path]));

    /// <summary>The text without the lines that have one of these parts in them.</summary>
    private static string Without(string text, string[] parts) => string.Join(
        '\n', text.Split('\n').Where(line => !parts.Any(part => line.Contains(part, StringComparison.Ordinal))));
}
