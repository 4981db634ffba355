using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>curl and the generic format. The token goes into the header <c>Deploy-Token</c>, unless Basic is asked for.</summary>
internal sealed class CurlClient(TemporaryDirectory folder, bool basic = false) : PackageClient(folder)
{
    public override string Format => "generic";

    public override async Task<ProgramResult> PublishAsync(string registry, IssuedToken? token, string version)
    {
        var file = Path.Combine(NewDirectory(), "file.txt");
        await File.WriteAllTextAsync(file, version);
        return await RunAsync(token, "--upload-file", file, Address(registry, version));
    }

    public override async Task<ProgramResult> FetchAsync(string registry, IssuedToken? token, string version)
    {
        var file = Path.Combine(NewDirectory(), "file.txt");
        var result = await RunAsync(token, "--output", file, Address(registry, version));
        if (result.ExitCode == 0)
        {
            AssertContent(file, version);
        }

        return result;
    }

    private static string Address(string registry, string version) => $"{registry}/library/{version}/file.txt";

    private Task<ProgramResult> RunAsync(IssuedToken? token, params string[] arguments)
    {
        string[] credential = token is null ? [] : basic ? ["--user", token.Credentials] : ["--header", $"deploy-token: {token.Secret}"];
        return Shell.RunAsync("curl", ["--silent", "--show-error", "--fail", .. credential, .. arguments]);
    }
}
