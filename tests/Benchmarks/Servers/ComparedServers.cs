namespace OrleansTokens.Benchmarks;

/// <summary>What people use otherwise, each in a process of its own.</summary>
internal static class ComparedServers
{
    private const string Prepared = ";Max Auto Prepare=10;Auto Prepare Min Usages=1";

    private static string Folder { get; } = Path.Combine(FindSource(), "Compared");

    /// <summary>A look-up in PostgreSQL for each request.</summary>
    /// <param name="database">How to connect to a database.</param>
    /// <param name="seed">The file of tokens to put into it, where it is empty; null: they are there.</param>
    /// <param name="multiplexed">Whether connections are shared: several statements are on their way in each.</param>
    public static Task<Server> LookupAsync(string database, string? seed, bool multiplexed) => Server.StartAsync(
        "/readyz",
        port => ChildProcess.Start(
            "dotnet",
            [
                Built("LookupServer"), "--urls", Url(port), "--Database", database + Prepared + (multiplexed ? ";Multiplexing=true" : ""),
                .. seed is null ? Array.Empty<string>() : ["--Seed", seed],
            ]));

    /// <summary>OpenIddict over PostgreSQL, with so many tokens, which it writes to a file.</summary>
    public static Task<Server> OpenIddictAsync(string database, int count, int revokedEvery, string tokens) => Server.StartAsync(
        "/readyz",
        port => ChildProcess.Start(
            "dotnet",
            [
                Built("OpenIddictServer"), "--urls", Url(port), "--Database", database, "--ClientId", Server.ClientId,
                "--ClientSecret", Server.ClientSecret, "--Count", $"{count}", "--RevokedEvery", $"{revokedEvery}", "--Tokens", tokens,
            ]));

    /// <summary>oidc-provider with so many tokens in memory, which it writes to a file.</summary>
    public static Task<Server> OidcProviderAsync(int count, int revokedEvery, string tokens)
    {
        var script = Path.Combine(Folder, "OidcProvider", "server.js");
        return Directory.Exists(Path.Combine(Folder, "OidcProvider", "node_modules"))
            ? Server.StartAsync(
                "/.well-known/openid-configuration",
                port => ChildProcess.Start(
                    "node", [script, $"{port}", Server.ClientId, Server.ClientSecret, $"{count}", $"{revokedEvery}", tokens]))
            : throw new MissingProgramException("oidc-provider");
    }

    private static string Url(int port) => $"http://127.0.0.1:{port}";

    /// <summary>The program of a project below, built as this one was.</summary>
    private static string Built(string project)
    {
        var output = Path.GetRelativePath(FindSource(), AppContext.BaseDirectory);
        return Path.Combine(Folder, project, output, $"OrleansTokens.{project}.dll");
    }

    private static string FindSource()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Benchmarks.csproj")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("The benchmarks run only where they were built.");
    }
}
