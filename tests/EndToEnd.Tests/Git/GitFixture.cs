using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>Every proxy in front of the same repositories and the same authority.</summary>
public sealed class GitFixture : IAsyncLifetime
{
    private readonly AuthorityFixture _authority = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, GitProxy> _proxies = [];
    private LfsServer? _lfs;
    private GitHosting? _hosting;

    internal static readonly string[] Proxies = [GitProxy.Nginx, GitProxy.Caddy, GitProxy.HAProxy];

    /// <summary>Also those that rely on the authority alone.</summary>
    internal static readonly string[] AllProxies = [.. Proxies, GitProxy.PlainNginx, GitProxy.PlainCaddy];

    internal AdminApi Admin => _authority.Admin;

    internal GitHosting Hosting => _hosting!;

    internal Backends Backends { get; private set; } = null!;

    internal LfsServer Lfs => _lfs!;

    /// <summary>The group <c>git</c>.</summary>
    internal long Group { get; private set; }

    /// <summary>The project <c>git/app</c>, which has a wiki.</summary>
    internal long App { get; private set; }

    /// <summary>The project <c>git/secret</c>, beside it.</summary>
    internal long Secret { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await _authority.InitializeAsync();
        await CreateProjectsAsync();
        _hosting = await GitHosting.StartAsync(_directory);
        foreach (var path in new[] { "git/app", "git/app.wiki", "git/secret", "git/platform/backend/api", "git-open/app" })
        {
            await _hosting.CreateAsync(path);
        }

        _lfs = await LfsServer.StartAsync();
        Backends = new Backends(_authority.Silo.Address, _lfs.Address, _hosting.Socket, _hosting.Root);
        foreach (var name in AllProxies)
        {
            _proxies[name] = await GitProxy.StartAsync(name, Backends, _directory);
        }
    }

    internal Uri Address(string proxy) => _proxies[proxy].Address;

    /// <summary>The address of a repository, with a token's credentials in it.</summary>
    internal string Repository(string proxy, string path, IssuedToken? token = null)
    {
        var credentials = token is null ? "" : $"{Uri.EscapeDataString(token.Username)}:{Uri.EscapeDataString(token.Secret)}@";
        return $"http://{credentials}{Address(proxy).Authority}/{path}.git";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
        {
            await proxy.DisposeAsync();
        }

        if (_lfs is not null)
        {
            await _lfs.DisposeAsync();
        }

        if (_hosting is not null)
        {
            await _hosting.DisposeAsync();
        }

        await _authority.DisposeAsync();
        _directory.Dispose();
    }

    private async Task CreateProjectsAsync()
    {
        Group = await Admin.CreateGroupAsync("git");
        App = await Admin.CreateProjectAsync("app", Group);
        Secret = await Admin.CreateProjectAsync("secret", Group);
        var platform = await Admin.CreateGroupAsync("platform", Group);
        _ = await Admin.CreateProjectAsync("api", await Admin.CreateGroupAsync("backend", platform));
        _ = await Admin.CreateProjectAsync("app", await Admin.CreateGroupAsync("git-open", visibility: "public"), "public");
    }
}

[CollectionDefinition(Name)]
public sealed class GitCollection : ICollectionFixture<GitFixture>
{
    public const string Name = "git behind proxies";
}
