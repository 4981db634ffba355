using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The names of visibilities in the API.</summary>
internal static class VisibilityNames
{
    private static readonly (string Name, Visibility Visibility)[] Table =
    [
        ("private", Visibility.Private), ("internal", Visibility.Internal), ("public", Visibility.Public),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Name)];

    public static string Of(Visibility visibility) => Table.Single(row => row.Visibility == visibility).Name;

    /// <summary>The visibility of a name that is one of <see cref="All"/>.</summary>
    public static Visibility Parse(string name) => Table.Single(row => row.Name == name).Visibility;
}
