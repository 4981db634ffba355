using System.Security.Cryptography;
using System.Xml.Linq;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.ClientLibrary;

/// <summary>
/// The sample registry, built in a folder of its own from nothing but the packed client library: as a stranger has it.
/// </summary>
public sealed class SampleFixture : IAsyncLifetime
{
    private const string SampleFolder = "registry";

    private static readonly string[] Packed =
    [
        "Grains.Interfaces/Grains.Interfaces", "Client/Client", "Client/PostgreSql/Client.PostgreSql", "Client/AzureTables/Client.AzureTables",
    ];

    /// <summary>One that nobody has packed before, so that no package of an earlier day can stand in for it.</summary>
    private readonly string _version = "0.0.0-test" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8));

    private readonly TemporaryDirectory _directory = new();

    /// <summary>Where the packages are.</summary>
    internal string Feed => _directory["feed"];

    internal string Assembly => Path.Combine(_directory["samples"], SampleFolder, "bin", "Release", "net10.0", "Registry.dll");

    public async ValueTask InitializeAsync()
    {
        foreach (var project in Packed)
        {
            // Built already, beside these tests.
            var said = await RunAsync(
                Repository.Root,
                "pack", Path.Combine(Repository.Root, project + ".csproj"), "--no-build", "--configuration", Repository.Configuration, "--output", Feed, "-p:Version=" + _version);
            Assert.DoesNotContain("warning", said, StringComparison.OrdinalIgnoreCase);
        }

        var sample = CopySample();
        await File.WriteAllTextAsync(Path.Combine(_directory["samples"], "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_directory["packages"]}" /></config>
              <fallbackPackageFolders><add key="machine" value="{MachinePackages()}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{Feed}" /></packageSources>
            </configuration>
            """);
        _ = await RunAsync(sample, "build", "--configuration", "Release", "--disable-build-servers");
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private string CopySample()
    {
        var samples = Repository.Infra("samples");
        var target = _directory.Create(Path.Combine("samples", SampleFolder));
        var released = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        foreach (var file in Directory.EnumerateFiles(samples, "Directory.*"))
        {
            var text = File.ReadAllText(file).Replace($"Version=\"{released}\"", $"Version=\"{_version}\"", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(_directory["samples"], Path.GetFileName(file)), text);
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(samples, SampleFolder)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return target;
    }

    /// <summary>What the library itself needs was fetched when these tests were built, and need not be again.</summary>
    private static string MachinePackages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task<string> RunAsync(string folder, params string[] arguments) => (await Shell.RunAsync(
        "dotnet",
        [.. arguments, "-nodeReuse:false"],
        new Dictionary<string, string>
        {
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["UseSharedCompilation"] = "false",
        },
        folder)).Succeeded().Output;
}
