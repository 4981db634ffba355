using System.Collections.Immutable;

namespace OrleansTokens.Validation;

/// <summary>What a caller is trying to do. Numbers go over the wire.</summary>
public enum RegistryAction
{
    /// <summary>No action: never allowed.</summary>
    None = 0,

    /// <summary>Show a credential that is alive, at no particular resource, where repositories and registries are served.</summary>
    Authenticate = 1,

    /// <summary>Sign in to the container registry, at no particular resource.</summary>
    SignInToRegistry = 2,

    /// <summary>Fetch code, a wiki, or LFS objects.</summary>
    DownloadCode = 3,

    /// <summary>Push code, a wiki, or LFS objects. Never allowed to a deploy token.</summary>
    UploadCode = 4,

    /// <summary>Pull an image.</summary>
    PullImage = 5,

    /// <summary>Push an image.</summary>
    PushImage = 6,

    /// <summary>Delete an image. Never allowed to a deploy token.</summary>
    DeleteImage = 7,

    /// <summary>Read a package.</summary>
    ReadPackage = 8,

    /// <summary>Publish a package.</summary>
    WritePackage = 9,

    /// <summary>Read the packages of all projects of a group.</summary>
    ReadGroupPackages = 10,

    /// <summary>Change something for a whole group's packages. Never allowed to a deploy token.</summary>
    WriteGroupPackages = 11,

    /// <summary>Fetch an image through the dependency proxy of a group.</summary>
    UseDependencyProxy = 20,

    /// <summary>Learn what a credential is that is alive, at no particular resource, whatever its scopes.</summary>
    Introspect = 21,

    /// <summary>Sign in to the dependency proxy, at no particular resource.</summary>
    SignInToDependencyProxy = 22,
}

/// <summary>The names of actions in the API.</summary>
public static class ActionNames
{
    private static readonly ImmutableArray<(string Name, RegistryAction Action)> Table =
    [
        ("authenticate", RegistryAction.Authenticate),
        ("sign_in_to_registry", RegistryAction.SignInToRegistry),
        ("download_code", RegistryAction.DownloadCode),
        ("upload_code", RegistryAction.UploadCode),
        ("pull_image", RegistryAction.PullImage),
        ("push_image", RegistryAction.PushImage),
        ("delete_image", RegistryAction.DeleteImage),
        ("read_package", RegistryAction.ReadPackage),
        ("write_package", RegistryAction.WritePackage),
        ("read_group_packages", RegistryAction.ReadGroupPackages),
        ("write_group_packages", RegistryAction.WriteGroupPackages),
        ("use_dependency_proxy", RegistryAction.UseDependencyProxy),
        ("sign_in_to_dependency_proxy", RegistryAction.SignInToDependencyProxy),
        ("introspect", RegistryAction.Introspect),
    ];

    /// <summary>Every name.</summary>
    public static ImmutableArray<string> All { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>The action of a name, compared exactly; false where there is none of that name.</summary>
    public static bool TryParse(string? name, out RegistryAction action)
    {
        action = Table.FirstOrDefault(row => string.Equals(row.Name, name, StringComparison.Ordinal)).Action;
        return action != RegistryAction.None;
    }

    /// <summary>The name of an action.</summary>
    public static string Of(RegistryAction action) => Table.First(row => row.Action == action).Name;

    /// <summary>Whether the action is aimed at a resource.</summary>
    public static bool NeedsResource(RegistryAction action) =>
        action is not (RegistryAction.None or RegistryAction.Authenticate or RegistryAction.SignInToRegistry
            or RegistryAction.Introspect or RegistryAction.SignInToDependencyProxy);

    /// <summary>Whether the resource that the action is aimed at is a group; otherwise it is a project.</summary>
    public static bool IsOfGroups(RegistryAction action) =>
        action is RegistryAction.ReadGroupPackages or RegistryAction.WriteGroupPackages or RegistryAction.UseDependencyProxy;
}
