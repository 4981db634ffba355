using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>nginx with the configuration of <c>infra/proxies</c>, in front of package servers that trust it.</summary>
public sealed class PackagesFixture : IAsyncLifetime
{
    private readonly AuthorityFixture _authority = new();
    private NginxSite? _nginx;
    private NpmServer? _npm;
    private int _versions;

    internal TemporaryDirectory Folder { get; } = new();

    internal AdminApi Admin => _authority.Admin;

    internal PackageStore Store { get; private set; } = null!;

    internal Uri Proxy => _nginx!.Address;

    /// <summary>The group <c>acme</c>.</summary>
    internal long Group { get; private set; }

    /// <summary>The group <c>acme/platform</c>.</summary>
    internal long Platform { get; private set; }

    /// <summary>The project <c>acme/platform/app</c>.</summary>
    internal long App { get; private set; }

    /// <summary>The project <c>acme/other</c>.</summary>
    internal long Other { get; private set; }

    /// <summary>The public project <c>open/app</c>.</summary>
    internal long Open { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await _authority.InitializeAsync();
        Group = await Admin.CreateGroupAsync("acme");
        Platform = await Admin.CreateGroupAsync("platform", Group);
        App = await Admin.CreateProjectAsync("app", Platform);
        Other = await Admin.CreateProjectAsync("other", Group);
        Open = await Admin.CreateProjectAsync("app", await Admin.CreateGroupAsync("open", visibility: "public"), "public");
        Store = await PackageStore.StartAsync();
        _npm = await NpmServer.StartAsync(App, Folder);
        _nginx = await NginxSite.StartAsync(
            "orleanstokens-packages.conf",
            "127.0.0.1:8093",
            Folder,
            ("127.0.0.1:8080", _authority.Silo.Address.Authority),
            ("127.0.0.1:8082", Store.Address.Authority),
            ("127.0.0.1:4873", _npm.Address.Authority),
            ("(?:7|acme%2[Ff]app)", $"(?:{App}|acme%2[Ff]platform%2[Ff]app)"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _nginx, _npm, Store, _authority })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        Folder.Dispose();
    }

    /// <summary>GitLab's address of a project's packages; <paramref name="project"/> is an id or an encoded path.</summary>
    internal string OfProject(object project, string format) => $"{Address}/api/v4/projects/{project}/packages/{format}";

    /// <summary>GitLab's address of the packages of all projects below a group.</summary>
    internal string OfGroup(object group, string format) => $"{Address}/api/v4/groups/{group}/-/packages/{format}";

    /// <summary>A version that no test has used.</summary>
    internal string NewVersion() => $"1.0.{Interlocked.Increment(ref _versions)}";

    private string Address => Proxy.GetLeftPart(UriPartial.Authority);
}

[CollectionDefinition(Name)]
public sealed class PackagesCollection : ICollectionFixture<PackagesFixture>
{
    public const string Name = "Packages behind a proxy";
}
