using System.Collections.Frozen;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>
/// Segments that no group or project may be given, since they mean something else where addresses are read: GitLab's, and
/// <c>dependency_proxy</c>, after which the address of an image would be one of a dependency proxy. What has such a name keeps it.
/// </summary>
internal static class ReservedSlugs
{
    private static readonly FrozenSet<string> AtTheTop = FrozenSet.ToFrozenSet(
    [
        ".well-known", "404.html", "422.html", "500.html", "502.html", "503.html", "admin", "api", "apple-touch-icon.png", "assets",
        "dashboard", "deploy.html", "explore", "favicon.ico", "favicon.png", "files", "groups", "health_check", "help", "import", "jwt",
        "login", "oauth", "profile", "projects", "public", "robots.txt", "s", "search", "sitemap", "sitemap.xml", "sitemap.xml.gz",
        "slash-command-logo.png", "snippets", "unsubscribe", "uploads", "users", "v2",
    ]);

    private static readonly FrozenSet<string> Below = FrozenSet.ToFrozenSet(
    [
        "badges", "blame", "blob", "builds", "commits", "create", "create_dir", "edit", "files", "find_file", "new", "preview", "raw",
        "refs", "tree", "update", "wikis",
    ]);

    private static readonly FrozenSet<string> Everywhere = FrozenSet.ToFrozenSet(["dependency_proxy"]);

    /// <summary>Whether a segment is reserved, in any case.</summary>
    /// <param name="slug">The segment.</param>
    /// <param name="atTheTop">Whether it would be the first of a path.</param>
    public static bool Contains(Slug slug, bool atTheTop) =>
        Everywhere.Contains(slug.Key) || (atTheTop ? AtTheTop : Below).Contains(slug.Key);
}
