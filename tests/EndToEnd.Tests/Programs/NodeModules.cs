namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>What <c>npm ci</c> installed for these tests, see <c>tests/install.sh</c>.</summary>
internal static class NodeModules
{
    /// <summary>The folder with the scripts and the modules they load.</summary>
    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "Npm");

    public static string Path(params string[] path) => System.IO.Path.Combine([Folder, "node_modules", .. path]);

    /// <summary>Runs one of the scripts of the folder.</summary>
    public static Task<ProgramResult> RunAsync(string script, params string[] arguments) =>
        Shell.RunAsync("node", [System.IO.Path.Combine(Folder, script), .. arguments], workingDirectory: Folder);
}
