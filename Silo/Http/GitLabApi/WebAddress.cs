namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Where clients expect people, groups, and projects: below the address at which this process is found.</summary>
internal static class WebAddress
{
    public static string OfUser(string address, string username) => $"{address}/{username}";

    public static string OfGroup(string address, string fullPath) => $"{address}/groups/{fullPath}";

    public static string OfProject(string address, string fullPath) => $"{address}/{fullPath}";

    /// <summary>For git over HTTP.</summary>
    public static string OfRepository(string address, string fullPath) => $"{address}/{fullPath}.git";
}
