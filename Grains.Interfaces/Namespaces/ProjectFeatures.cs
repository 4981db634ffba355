namespace OrleansTokens.Namespaces;

/// <summary>Who may use a feature of a project. Numbers are stored and go over the wire; GitLab's numbers are others.</summary>
public enum FeatureAccess
{
    /// <summary>Whoever may see the project.</summary>
    Enabled = 0,

    /// <summary>Nobody.</summary>
    Disabled = 1,

    /// <summary>Members, and deploy tokens that reach the project: not everybody, although it may be public.</summary>
    Private = 2,

    /// <summary>Everybody may read, although the project may be private. Of packages only.</summary>
    Public = 3,
}

/// <summary>The features of a project that deploy tokens have to do with. Default is all enabled.</summary>
/// <param name="Repository">Code, wiki and LFS objects.</param>
/// <param name="ContainerRegistry">Images.</param>
/// <param name="PackageRegistry">Packages.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ProjectFeatures)]
public readonly record struct ProjectFeatures(
    [property: Id(0)] FeatureAccess Repository,
    [property: Id(1)] FeatureAccess ContainerRegistry,
    [property: Id(2)] FeatureAccess PackageRegistry);

/// <summary>What is to change of a project's features; what is null stays as it is.</summary>
/// <param name="Repository">Code, wiki and LFS objects.</param>
/// <param name="ContainerRegistry">Images.</param>
/// <param name="PackageRegistry">Packages.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ChangeFeatures)]
public readonly record struct ChangeFeatures(
    [property: Id(0)] FeatureAccess? Repository,
    [property: Id(1)] FeatureAccess? ContainerRegistry,
    [property: Id(2)] FeatureAccess? PackageRegistry)
{
    /// <summary>The features as they are after the change.</summary>
    public ProjectFeatures ApplyTo(ProjectFeatures features) => new(
        Repository ?? features.Repository, ContainerRegistry ?? features.ContainerRegistry, PackageRegistry ?? features.PackageRegistry);
}
