using System.Text;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>npm, with the token as <c>_authToken</c>, or as Basic credentials in <c>_auth</c>.</summary>
internal sealed class NpmClient(TemporaryDirectory folder, bool basic = false) : PackageClient(folder)
{
    public override string Format => "npm";

    public override async Task<ProgramResult> PublishAsync(string registry, IssuedToken? token, string version)
    {
        var package = NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(package, "package.json"), $$"""{ "name": "@acme/library", "version": "{{version}}" }""");
        await File.WriteAllTextAsync(Path.Combine(package, "file.txt"), version);
        return await RunAsync(package, registry, token, "publish");
    }

    public override async Task<ProgramResult> FetchAsync(string registry, IssuedToken? token, string version)
    {
        var project = NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(project, "package.json"), "{}");
        var result = await RunAsync(project, registry, token, "install", $"@acme/library@{version}");
        if (result.ExitCode == 0)
        {
            AssertContent(Path.Combine(project, "node_modules", "@acme", "library", "file.txt"), version);
        }

        return result;
    }

    private async Task<ProgramResult> RunAsync(string directory, string registry, IssuedToken? token, params string[] arguments)
    {
        var credential = token switch
        {
            null => "",
            _ when basic => $"_auth={Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials))}",
            _ => $"_authToken={token.Secret}",
        };
        var lines = $"@acme:registry={registry}/\n" + (token is null ? "" : $"{registry["http:".Length..]}/:{credential}\n");
        await File.WriteAllTextAsync(Path.Combine(directory, ".npmrc"), lines);
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = directory,
            ["npm_config_cache"] = Path.Combine(directory, ".cache"),
            ["npm_config_update_notifier"] = "false",
            ["npm_config_audit"] = "false",
            ["npm_config_fetch_retries"] = "0",
        };
        return await Shell.RunAsync("npm", arguments, environment, directory);
    }
}
