namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>Where the product under test lies: built beside these tests, in the same configuration.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string SiloAssembly { get; } = Path.Combine(Root, "Silo", "bin", Configuration, "net10.0", "OrleansTokens.Silo.dll");

    public static string Infra(params string[] path) => Path.Combine([Root, "infra", .. path]);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "OrleansTokens.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}
