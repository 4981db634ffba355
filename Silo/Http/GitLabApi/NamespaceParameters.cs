using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Parameters that groups and projects have in common.</summary>
internal static class NamespaceParameters
{
    public static TextParameter Name { get; } = new("name", "What people call it.") { AnyLength = true };

    public static TextParameter Path { get; } = new("path", "Its segment of the path.");

    public static TextParameter Description { get; } = new("description", "Free text.") { Multiline = true, AnyLength = true };

    public static ChoiceParameter Visibility { get; } =
        new("visibility", "Who may see it; not more than may see the group it is in.", VisibilityNames.All);

    public static TextParameter Search { get; } = new("search", "Only those whose name or path segment contains this, in any case.");

    public static IntegerParameter LeaseMilliseconds { get; } = new(
        "deploy_token_lease_milliseconds",
        "How old what decisions about tokens and resources at and below the group rest on may become, in milliseconds. 0: each reads storage. "
        + "It shortens what the installation has, and groups above; 60000 takes it away.")
    {
        Minimum = 0,
        Maximum = (long)Limits.MaxLeaseLength.TotalMilliseconds,
    };

    /// <summary>The visibility asked for, or null.</summary>
    public static Visibility? VisibilityOf(Arguments arguments) =>
        arguments.Find(Visibility) is { } name ? VisibilityNames.Parse(name) : null;
}
