using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>Debian's docker-registry with the configuration of <c>infra/registries</c>.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly BackgroundProgram _program;

    private DockerRegistry(BackgroundProgram program, Uri address)
    {
        _program = program;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Host and port, as image names begin.</summary>
    public string Host => Address.Authority;

    public static async Task<DockerRegistry> StartAsync(Uri authority, TemporaryDirectory directory, string name = "registry")
    {
        var certificates = directory[name + ".pem"];
        await File.WriteAllTextAsync(certificates, await Http.GetStringAsync(new Uri(authority, "/jwt/certificates.pem")));
        var address = Loopback.Address(Loopback.FreePort());
        var environment = new Dictionary<string, string>
        {
            ["REGISTRY_HTTP_ADDR"] = address.Authority,
            ["REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY"] = directory.Create(name),
            ["REGISTRY_AUTH_TOKEN_REALM"] = new Uri(authority, "/jwt/auth").AbsoluteUri,
            ["REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE"] = certificates,
        };
        string[] arguments = ["serve", Repository.Infra("registries", "docker-registry", "config.yml")];
        var program = BackgroundProgram.Start("docker-registry", arguments, environment);
        var registry = new DockerRegistry(program, address);
        await program.WaitUntilAsync(() => Loopback.AnswersAsync(Http, new Uri(address, "/v2/")));
        return registry;
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
