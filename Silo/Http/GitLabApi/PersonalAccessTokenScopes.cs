using System.Collections.Immutable;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The names of what operator tokens are good for.</summary>
internal static class PersonalAccessTokenScopes
{
    private static readonly (string Name, OperatorTokenScopes Scope)[] Table =
    [
        ("api", OperatorTokenScopes.Api), ("read_api", OperatorTokenScopes.ReadApi),
    ];

    public static IReadOnlyList<string> All { get; } = [.. Table.Select(static row => row.Name)];

    public static ImmutableArray<string> Of(OperatorTokenScopes scopes) =>
        [.. Table.Where(row => scopes.HasFlag(row.Scope)).Select(static row => row.Name)];

    /// <summary>The scopes of names that are all in <see cref="All"/>.</summary>
    public static OperatorTokenScopes Parse(IEnumerable<string> names) => names.Aggregate(
        OperatorTokenScopes.None, static (all, name) => all | Table.Single(row => row.Name == name).Scope);
}
