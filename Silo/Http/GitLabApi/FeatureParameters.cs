using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The parameters of a project's features, in GitLab's names.</summary>
internal static class FeatureParameters
{
    private static readonly (string Name, FeatureAccess Access)[] Levels =
    [
        ("disabled", FeatureAccess.Disabled), ("private", FeatureAccess.Private), ("enabled", FeatureAccess.Enabled),
        ("public", FeatureAccess.Public),
    ];

    private static readonly string[] UpToEnabled = [.. Levels.Take(3).Select(static level => level.Name)];

    private static readonly ChoiceParameter Repository =
        new("repository_access_level", "Who may read code, wiki and LFS objects.", UpToEnabled);

    private static readonly ChoiceParameter ContainerRegistry =
        new("container_registry_access_level", "Who may use images.", UpToEnabled);

    private static readonly ChoiceParameter PackageRegistry = new(
        "package_registry_access_level",
        "Who may use packages; public: everybody may read them, whoever may see the project.",
        [.. Levels.Select(static level => level.Name)]);

    private static readonly BooleanParameter ContainerRegistryEnabled = new(
        "container_registry_enabled", $"Deprecated: true stands for enabled, false for disabled, where {ContainerRegistry.Name} is not given.");

    private static readonly BooleanParameter PackagesEnabled = new(
        "packages_enabled", $"Deprecated: true stands for enabled, false for disabled, where {PackageRegistry.Name} is not given.");

    public static IReadOnlyList<Parameter> All { get; } =
        [Repository, ContainerRegistry, PackageRegistry, ContainerRegistryEnabled, PackagesEnabled];

    /// <summary>What a request asks to change.</summary>
    public static ChangeFeatures Of(Arguments arguments) => new(
        Read(arguments, Repository),
        Read(arguments, ContainerRegistry) ?? Read(arguments, ContainerRegistryEnabled),
        Read(arguments, PackageRegistry) ?? Read(arguments, PackagesEnabled));

    /// <summary>The name of a level.</summary>
    public static string NameOf(FeatureAccess access) => Array.Find(Levels, level => level.Access == access).Name;

    private static FeatureAccess? Read(Arguments arguments, BooleanParameter parameter) =>
        arguments.FindValue(parameter) is { } isEnabled ? isEnabled ? FeatureAccess.Enabled : FeatureAccess.Disabled : null;

    private static FeatureAccess? Read(Arguments arguments, ChoiceParameter parameter) =>
        arguments.Find(parameter) is { } name ? Array.Find(Levels, level => level.Name == name).Access : null;
}
