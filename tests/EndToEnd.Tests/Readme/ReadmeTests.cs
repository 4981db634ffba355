using System.Text;
using System.Text.Json;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Readme;

public sealed class ReadmeTests
{
    private const string Marker = "<!-- verified: first-steps -->\n```sh\n";

    [Fact]
    public async Task FirstSteps_WhenPasted_EndWithAPullOfTheProject()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await Silo.StartReadyAsync(data.Path);
        var result = await RunAsync(silo, FirstSteps());
        Assert.Equal([("acme/app", "pull")], Granted(result.StandardOutput));
    }

    [Fact]
    public async Task FirstStart_WhenItsCommandsArePasted_TheyWork()
    {
        using var folder = new TemporaryDirectory();
        var address = Loopback.Address(Loopback.FreePort());
        await using var program = BackgroundProgram.Start(
            "dotnet", [Repository.SiloAssembly, "--urls", address.GetLeftPart(UriPartial.Authority)], workingDirectory: folder.Path);
        await program.WaitUntilAsync(() => Task.FromResult(program.Output.Contains("deploy_tokens", StringComparison.Ordinal)));
        var commands = program.Output.Split('\n').Select(static line => line.Trim())
            .Where(static line => line.StartsWith("export ", StringComparison.Ordinal) || line.StartsWith("curl ", StringComparison.Ordinal));
        var result = (await Shell.RunAsync("bash", ["-euc", string.Join('\n', commands)])).Succeeded();
        Assert.Contains("\"token\":\"gldt-", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DotnetRun_WhereverItIsTyped_KeepsDataThere()
    {
        using var folder = new TemporaryDirectory();
        var address = Loopback.Address(Loopback.FreePort());
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Repository.SiloAssembly)))!;
        string[] arguments =
        [
            "run", "--project", Path.Combine(Repository.Root, "Silo"), "--no-build", "--configuration", configuration, "--",
            "--urls", address.GetLeftPart(UriPartial.Authority),
        ];
        await using var program = BackgroundProgram.Start("dotnet", arguments, workingDirectory: folder.Path);
        await program.WaitUntilAsync(() => Task.FromResult(program.Output.Contains("deploy_tokens", StringComparison.Ordinal)));
        Assert.True(File.Exists(Path.Combine(folder.Path, "data", "grid.db")), program.Output);
        Assert.Equal(0, await program.StopAsync());
    }

    private static string FirstSteps()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var start = readme.IndexOf(Marker, StringComparison.Ordinal);
        Assert.True(start >= 0, "The README has no block that is marked as verified.");
        start += Marker.Length;
        return readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static async Task<ProgramResult> RunAsync(Silo silo, string commands)
    {
        var exports = commands.Split('\n').Where(static line => line.StartsWith("export ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, exports.Count);
        var rest = string.Join('\n', commands.Split('\n').Except(exports));
        var environment = new Dictionary<string, string>
        {
            ["TOKEN"] = Silo.OperatorToken,
            ["GRID"] = silo.Address.GetLeftPart(UriPartial.Authority),
        };
        return (await Shell.RunAsync("bash", ["-euc", rest], environment)).Succeeded();
    }

    private static List<(string Name, string Actions)> Granted(string output)
    {
        var answer = JsonDocument.Parse(output[output.LastIndexOf("{\"token\"", StringComparison.Ordinal)..]).RootElement;
        var claims = answer.GetProperty("token").GetString()!.Split('.')[1].Replace('-', '+').Replace('_', '/');
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(claims.PadRight((claims.Length + 3) / 4 * 4, '=')));
        return [.. JsonDocument.Parse(json).RootElement.GetProperty("access").EnumerateArray().Select(static access => (
            access.GetProperty("name").GetString()!,
            string.Join(",", access.GetProperty("actions").EnumerateArray().Select(static a => a.GetString()))))];
    }
}
