using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>Debian's twine and pip.</summary>
internal sealed class PythonClient(TemporaryDirectory folder) : PackageClient(folder)
{
    private const string Distribution = "acme_library";

    public override string Format => "pypi";

    public override async Task<ProgramResult> PublishAsync(string registry, IssuedToken? token, string version)
    {
        var directory = NewDirectory();
        var wheel = Path.Combine(directory, $"{Distribution}-{version}-py3-none-any.whl");
        var information = $"{Distribution}-{version}.dist-info";
        WriteZip(
            wheel,
            ("acme_library.txt", version),
            ($"{information}/METADATA", $"Metadata-Version: 2.1\nName: acme-library\nVersion: {version}\n"),
            ($"{information}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ($"{information}/RECORD", $"acme_library.txt,,\n{information}/METADATA,,\n{information}/WHEEL,,\n{information}/RECORD,,\n"));
        string[] credential = token is null ? [] : ["--username", token.Username, "--password", token.Secret];
        string[] options = ["--non-interactive", "--disable-progress-bar", "--repository-url", registry];
        return await RunAsync(directory, ["twine", "upload", .. options, .. credential, wheel]);
    }

    public override async Task<ProgramResult> FetchAsync(string registry, IssuedToken? token, string version)
    {
        var directory = NewDirectory();
        var credential = token is null ? "" : $"{Uri.EscapeDataString(token.Username)}:{token.Secret}@";
        var index = $"{registry.Replace("://", $"://{credential}", StringComparison.Ordinal)}/simple";
        var packages = Path.Combine(directory, "packages");
        string[] options = ["--isolated", "-vv", "--no-input", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--retries", "0"];
        var result = await RunAsync(
            directory, ["pip", "install", .. options, "--target", packages, "--index-url", index, $"acme-library=={version}"]);
        if (result.ExitCode == 0)
        {
            AssertContent(Path.Combine(packages, "acme_library.txt"), version);
        }

        return result;
    }

    /// <summary>Runs a module of Debian's own Python, whatever other Python there is.</summary>
    private static Task<ProgramResult> RunAsync(string directory, string[] arguments) => Shell.RunAsync(
        "/usr/bin/python3",
        ["-m", .. arguments],
        new Dictionary<string, string>
        {
            ["HOME"] = directory,
        },
        directory);
}
