using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>verdaccio with the configuration of <c>infra/registries</c>, for one project.</summary>
internal sealed class NpmServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly BackgroundProgram _program;

    private NpmServer(BackgroundProgram program, Uri address)
    {
        _program = program;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<NpmServer> StartAsync(long project, TemporaryDirectory directory)
    {
        var configuration = await File.ReadAllTextAsync(Repository.Infra("registries", "verdaccio", "config.yaml"));
        foreach (var (value, replacement) in new[]
        {
            ("/var/lib/verdaccio", directory.Create("verdaccio")),
            ("/projects/7/", $"/projects/{project}/"),
        })
        {
            Assert.Contains(value, configuration, StringComparison.Ordinal);
            configuration = configuration.Replace(value, replacement, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(directory["verdaccio.yaml"], configuration);
        var address = Loopback.Address(Loopback.FreePort());
        string[] arguments =
            [NodeModules.Path("verdaccio", "bin", "verdaccio"), "--config", directory["verdaccio.yaml"], "--listen", address.Authority];
        var environment = new Dictionary<string, string> { ["HOME"] = directory.Path };
        var program = BackgroundProgram.Start("node", arguments, environment, directory.Path);
        var server = new NpmServer(program, address);
        await program.WaitUntilAsync(() => Loopback.AnswersAsync(Http, new Uri(address, "/-/ping")));
        return server;
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
