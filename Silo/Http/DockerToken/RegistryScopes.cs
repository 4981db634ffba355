using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>
/// Reads the <c>scope</c> parameters of a token request. A scope that cannot be granted to anyone is left out, as registries expect:
/// the JWT then simply does not hold it. Only asking for too much is an error.
/// </summary>
internal static partial class RegistryScopes
{
    /// <summary>Characters of one scope: the longest repository name, and more actions than there are.</summary>
    public const int MaxLength = 512;

    /// <summary>
    /// Reads the values of all <c>scope</c> parameters, each of which may hold several scopes separated by spaces. Scopes of the same
    /// repository become one. False, with a text that names the parameter, where a limit is exceeded.
    /// </summary>
    public static bool TryRead(
        StringValues parameters,
        out ImmutableArray<RepositoryScope> scopes,
        [NotNullWhen(false)] out string? error)
    {
        scopes = [];
        error = null;
        var asked = 0;
        var order = new List<string>();
        var actions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var text in parameters.SelectMany(p => (p ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (++asked > Limits.MaxRegistryScopes)
            {
                error = $"scope asks for too much (maximum is {Limits.MaxRegistryScopes} scopes)";
                return false;
            }

            if (text.Length > MaxLength)
            {
                error = $"scope is too long (maximum is {MaxLength} characters each)";
                return false;
            }

            if (Read(text) is not { } scope)
            {
                continue;
            }

            if (!actions.TryGetValue(scope.Name, out var known))
            {
                order.Add(scope.Name);
                actions[scope.Name] = known = [];
            }

            known.AddRange(scope.Actions);
        }

        scopes = [.. order.Select(name => new RepositoryScope(name, [.. actions[name].Distinct()]))];
        return true;
    }

    /// <summary>Whether it is the name of a repository, in lower case.</summary>
    public static bool IsName(string text) => text.Length <= Limits.MaxRepositoryNameLength && NamePattern().IsMatch(text);

    /// <summary>
    /// Splits at the first two colons, as the token server of distribution and GitLab do: a name with a port in it therefore ends at
    /// the host, and has actions that nobody knows. The catalog (<c>registry:catalog:*</c>) is for administrators only, so it is left
    /// out with all other types.
    /// </summary>
    private static RepositoryScope? Read(string text) => text.Split(':', 3) switch
    {
        // Lower-casing turns some characters outside ASCII into letters of it, and a name must not become another one.
        ["repository", var name, var actions] when Ascii.IsValid(name) => OfRepository(name.ToLowerInvariant(), actions),
        _ => null,
    };

    private static RepositoryScope? OfRepository(string name, string actions)
    {
        if (!IsName(name))
        {
            return null;
        }

        ImmutableArray<string> wanted = [.. actions.Split(',').Where(a => ActionPattern().IsMatch(a))];
        return wanted.IsEmpty ? null : new RepositoryScope(name, wanted);
    }

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A(?:[a-z]{1,32}|\*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ActionPattern();
}
