using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>A registry behind the authority, clients for it, and a few projects.</summary>
public class RegistryFixture(AuthorityFixture authority) : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private DockerRegistry? _registry;

    internal AdminApi Admin => authority.Admin;

    internal Uri Authority => authority.Silo.Address;

    internal ContainerTools Tools { get; private set; } = null!;

    internal Uri RegistryAddress => _registry!.Address;

    /// <summary>The group at the top.</summary>
    internal long Group { get; private set; }

    /// <summary>The project <c>web</c> in it.</summary>
    internal long Web { get; private set; }

    /// <summary>The project <c>platform/backend/api</c>, two groups below it.</summary>
    internal long Api { get; private set; }

    /// <summary>The project <c>app</c> in another group at the top, named like the first with <c>-rival</c>.</summary>
    internal long Rival { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Group = await Admin.CreateGroupAsync(Name);
        Web = await Admin.CreateProjectAsync("web", Group);
        var platform = await Admin.CreateGroupAsync("platform", Group);
        var backend = await Admin.CreateGroupAsync("backend", platform);
        Api = await Admin.CreateProjectAsync("api", backend);
        Rival = await Admin.CreateProjectAsync("app", await Admin.CreateGroupAsync(Name + "-rival"));
        _registry = await DockerRegistry.StartAsync(Authority, _directory);
        Tools = await ContainerTools.CreateAsync(_directory);
    }

    /// <summary>Where clients log in.</summary>
    internal string Host => _registry!.Host;

    /// <summary>The name of an image in this registry.</summary>
    internal string Image(string path) => $"{Host}/{path}";

    /// <summary>The name of the group at the top.</summary>
    protected virtual string Name => "registry";

    public virtual async ValueTask DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
