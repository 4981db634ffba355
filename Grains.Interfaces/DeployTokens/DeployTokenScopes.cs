using System.Collections.Immutable;

namespace OrleansTokens.DeployTokens;

/// <summary>What a deploy token was granted (reference §1.3). Bits are stored and go over the wire.</summary>
[Flags]
public enum DeployTokenScopes
{
    /// <summary>Nothing: no token has this.</summary>
    None = 0,

    /// <summary><c>read_repository</c>: fetch code, wikis and LFS objects.</summary>
    ReadRepository = 1,

    /// <summary><c>read_registry</c>: pull images.</summary>
    ReadRegistry = 2,

    /// <summary><c>write_registry</c>: push images; it does not imply pulling.</summary>
    WriteRegistry = 4,

    /// <summary><c>read_package_registry</c>: read packages.</summary>
    ReadPackageRegistry = 8,

    /// <summary><c>write_package_registry</c>: publish packages, and read them.</summary>
    WritePackageRegistry = 16,

    /// <summary><c>read_virtual_registry</c>: read through the dependency proxy and virtual registries.</summary>
    ReadVirtualRegistry = 32,

    /// <summary><c>write_virtual_registry</c>: write to virtual registries.</summary>
    WriteVirtualRegistry = 64,
}

/// <summary>The names of scopes, in the order in which answers list them.</summary>
public static class ScopeNames
{
    private static readonly ImmutableArray<(string Name, DeployTokenScopes Scope)> Table =
    [
        ("read_repository", DeployTokenScopes.ReadRepository),
        ("read_registry", DeployTokenScopes.ReadRegistry),
        ("write_registry", DeployTokenScopes.WriteRegistry),
        ("read_package_registry", DeployTokenScopes.ReadPackageRegistry),
        ("write_package_registry", DeployTokenScopes.WritePackageRegistry),
        ("read_virtual_registry", DeployTokenScopes.ReadVirtualRegistry),
        ("write_virtual_registry", DeployTokenScopes.WriteVirtualRegistry),
    ];

    /// <summary>Every scope there is.</summary>
    public static DeployTokenScopes All { get; } = Table.Aggregate(DeployTokenScopes.None, static (all, row) => all | row.Scope);

    /// <summary>Every name, in canonical order.</summary>
    public static ImmutableArray<string> AllNames { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>The scope of a name, compared exactly; false where there is none of that name.</summary>
    public static bool TryParse(string? name, out DeployTokenScopes scope)
    {
        foreach (var row in Table)
        {
            if (string.Equals(row.Name, name, StringComparison.Ordinal))
            {
                scope = row.Scope;
                return true;
            }
        }

        scope = DeployTokenScopes.None;
        return false;
    }

    /// <summary>The names of the scopes in a set, in canonical order.</summary>
    public static ImmutableArray<string> Of(DeployTokenScopes scopes) =>
        [.. Table.Where(row => (scopes & row.Scope) != 0).Select(static row => row.Name)];
}
