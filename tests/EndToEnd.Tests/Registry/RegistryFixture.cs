using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>A registry behind the authority, clients for it, and a few projects.</summary>
public sealed class RegistryFixture(AuthorityFixture authority) : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private DockerRegistry? _registry;

    internal AdminApi Admin => authority.Admin;

    internal Uri Authority => authority.Silo.Address;

    internal ContainerTools Tools { get; private set; } = null!;

    internal Uri RegistryAddress => _registry!.Address;

    /// <summary>The group <c>registry</c>.</summary>
    internal long Group { get; private set; }

    /// <summary>The project <c>registry/web</c>.</summary>
    internal long Web { get; private set; }

    /// <summary>The project <c>registry/platform/backend/api</c>, two groups below <see cref="Group"/>.</summary>
    internal long Api { get; private set; }

    /// <summary>The project <c>registry-rival/app</c>.</summary>
    internal long Rival { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Group = await Admin.CreateGroupAsync("registry");
        Web = await Admin.CreateProjectAsync("web", Group);
        var platform = await Admin.CreateGroupAsync("platform", Group);
        var backend = await Admin.CreateGroupAsync("backend", platform);
        Api = await Admin.CreateProjectAsync("api", backend);
        Rival = await Admin.CreateProjectAsync("app", await Admin.CreateGroupAsync("registry-rival"));
        _registry = await DockerRegistry.StartAsync(Authority, _directory);
        Tools = await ContainerTools.CreateAsync(_directory);
    }

    /// <summary>Where clients log in.</summary>
    internal string Host => _registry!.Host;

    /// <summary>The name of an image in this registry.</summary>
    internal string Image(string path) => $"{Host}/{path}";

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _directory.Dispose();
    }
}
