using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>
/// Debian's Maven; its plugins come from Debian's packages too. The token goes into the header <c>Deploy-Token</c>, as GitLab's
/// documentation sets it, or is a password.
/// </summary>
internal sealed class MavenClient(TemporaryDirectory folder, bool basic = false) : PackageClient(folder)
{
    private const string DebianRepository = "/usr/share/maven-repo";

    public override string Format => "maven";

    public override async Task<ProgramResult> PublishAsync(string registry, IssuedToken? token, string version)
    {
        var file = Path.Combine(NewDirectory(), "library.txt");
        await File.WriteAllTextAsync(file, version);
        return await RunAsync(
            registry,
            token,
            Plugin("deploy") + ":deploy-file",
            "-DgroupId=com.acme",
            "-DartifactId=library",
            $"-Dversion={version}",
            "-Dpackaging=txt",
            $"-Dfile={file}",
            "-DrepositoryId=gitlab-maven",
            $"-Durl={registry}");
    }

    public override async Task<ProgramResult> FetchAsync(string registry, IssuedToken? token, string version)
    {
        var local = Path.Combine(Folder["m2"], "com", "acme");
        if (Directory.Exists(local))
        {
            Directory.Delete(local, recursive: true);
        }

        string[] arguments = [Plugin("dependency") + ":get", $"-Dartifact=com.acme:library:{version}:txt", "-Dtransitive=false"];
        var result = await RunAsync(registry, token, arguments);
        if (result.ExitCode == 0)
        {
            AssertContent(Path.Combine(local, "library", version, $"library-{version}.txt"), version);
        }

        return result;
    }

    /// <summary>The plugin in the version that Debian has.</summary>
    private static string Plugin(string name)
    {
        var versions = Directory.GetDirectories(Path.Combine(DebianRepository, "org/apache/maven/plugins", $"maven-{name}-plugin"));
        return $"org.apache.maven.plugins:maven-{name}-plugin:{versions.Select(static path => Version.Parse(Path.GetFileName(path))).Max()}";
    }

    private async Task<ProgramResult> RunAsync(string registry, IssuedToken? token, params string[] arguments)
    {
        var directory = NewDirectory();
        var settings = Path.Combine(directory, "settings.xml");
        var server = token switch
        {
            null => "",
            _ when basic => $"<username>{token.Username}</username><password>{token.Secret}</password>",
            _ => "<configuration><httpHeaders><property>"
                + $"<name>Deploy-Token</name><value>{token.Secret}</value></property></httpHeaders></configuration>",
        };
        await File.WriteAllTextAsync(settings, $"""
            <settings>
              <localRepository>{Folder["m2"]}</localRepository>
              <servers><server><id>gitlab-maven</id>{server}</server></servers>
              <mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file://{DebianRepository}</url></mirror></mirrors>
              <profiles><profile>
                <id>test</id>
                <repositories><repository><id>gitlab-maven</id><url>{registry}</url></repository></repositories>
              </profile></profiles>
              <activeProfiles><activeProfile>test</activeProfile></activeProfiles>
            </settings>
            """);
        // It runs for a moment only, so that compiling it well would take longer than it gains.
        var environment = new Dictionary<string, string> { ["MAVEN_OPTS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", ["MAVEN_SKIP_RC"] = "1" };
        return await Shell.RunAsync("mvn", ["--batch-mode", "--settings", settings, .. arguments], environment, directory);
    }
}
