using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>dotnet nuget push and dotnet restore, with the token in the NuGet configuration.</summary>
internal sealed class NuGetClient(TemporaryDirectory folder) : PackageClient(folder)
{
    public override string Format => "nuget";

    public override async Task<ProgramResult> PublishAsync(string registry, IssuedToken? token, string version)
    {
        var directory = await NewConfiguredAsync(registry, token);
        var package = Path.Combine(directory, $"acme.library.{version}.nupkg");
        WriteZip(
            package,
            ("acme.library.nuspec", $"""
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
                  <id>acme.library</id><version>{version}</version><authors>Acme</authors><description>Test</description>
                </metadata></package>
                """),
            ("content/file.txt", version));
        return await RunAsync(directory, "nuget", "push", package, "--source", "gitlab");
    }

    public override async Task<ProgramResult> FetchAsync(string registry, IssuedToken? token, string version)
    {
        var directory = await NewConfiguredAsync(registry, token);
        await File.WriteAllTextAsync(Path.Combine(directory, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="acme.library" Version="[{version}]" /></ItemGroup>
            </Project>
            """);
        var result = await RunAsync(directory, "restore", "--disable-build-servers", "-nodeReuse:false");
        if (result.ExitCode == 0)
        {
            AssertContent(Path.Combine(directory, "packages", "acme.library", version, "content", "file.txt"), version);
        }

        return result;
    }

    private async Task<string> NewConfiguredAsync(string registry, IssuedToken? token)
    {
        var directory = NewDirectory();
        var credentials = token is null
            ? ""
            : $"""
                <packageSourceCredentials><gitlab>
                  <add key="Username" value="{token.Username}" /><add key="ClearTextPassword" value="{token.Secret}" />
                </gitlab></packageSourceCredentials>
                """;
        await File.WriteAllTextAsync(Path.Combine(directory, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources>
                <clear />
                <add key="gitlab" value="{registry}/index.json" protocolVersion="3" allowInsecureConnections="true" />
              </packageSources>
              {credentials}
            </configuration>
            """);
        return directory;
    }

    private static Task<ProgramResult> RunAsync(string directory, params string[] arguments) => Shell.RunAsync(
        "dotnet",
        arguments,
        new Dictionary<string, string>
        {
            ["HOME"] = directory,
            ["TMPDIR"] = directory,
            ["DOTNET_EnableDiagnostics"] = "0",
            ["NUGET_PACKAGES"] = Path.Combine(directory, "packages"),
            ["NUGET_HTTP_CACHE_PATH"] = Path.Combine(directory, "cache"),
            ["NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        },
        directory);
}
