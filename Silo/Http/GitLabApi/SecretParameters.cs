namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Query parameters that hold secrets. They are never repeated in a link, a log, or an error.</summary>
internal static class SecretParameters
{
    public const string PrivateToken = "private_token";
    public const string AccessToken = "access_token";

    private static readonly string[] Names = [PrivateToken, AccessToken, "job_token", "token", "secret"];

    /// <summary>Whether a parameter, bracketed or not, is one of them.</summary>
    public static bool Contains(string name) =>
        Names.Contains(name.Split('[')[0].Trim(), StringComparer.OrdinalIgnoreCase);
}
