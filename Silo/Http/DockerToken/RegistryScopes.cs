using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

using Microsoft.Extensions.Primitives;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>
/// Reads the <c>scope</c> parameters of a token request. A scope that cannot be granted to anyone is left out, as registries expect:
/// the JWT then simply does not hold it. Only asking for too much is an error.
/// </summary>
internal static partial class RegistryScopes
{
    /// <summary>Scopes in one request. Clients ask for one, or two where they mount a layer from another repository.</summary>
    public const int MaxCount = 32;

    /// <summary>Characters of one scope: the longest repository name, and more actions than there are.</summary>
    public const int MaxLength = 512;

    /// <summary>Characters of a repository name, as registries limit it.</summary>
    public const int MaxNameLength = 255;

    private const string CatalogName = "catalog";
    private const string EveryAction = "*";

    /// <summary>
    /// Reads the values of all <c>scope</c> parameters, each of which may hold several scopes separated by spaces. Scopes of the same
    /// repository become one. False, with a text that names the parameter, where a limit is exceeded.
    /// </summary>
    public static bool TryRead(
        StringValues parameters,
        out ImmutableArray<RegistryScope> scopes,
        [NotNullWhen(false)] out string? error)
    {
        scopes = [];
        error = null;
        var asked = 0;
        var order = new List<(RegistryScopeKind Kind, string Name)>();
        var actions = new Dictionary<(RegistryScopeKind Kind, string Name), List<string>>();
        foreach (var parameter in parameters)
        {
            foreach (var text in (parameter ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (++asked > MaxCount)
                {
                    error = $"scope asks for more than {MaxCount} repositories";
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

                var subject = (scope.Kind, scope.Name);
                if (!actions.TryGetValue(subject, out var known))
                {
                    order.Add(subject);
                    actions[subject] = known = [];
                }

                known.AddRange(scope.Actions);
            }
        }

        scopes = [.. order.Select(s => new RegistryScope(s.Kind, s.Name, [.. actions[s].Distinct()]))];
        return true;
    }

    /// <summary>
    /// Splits at the first two colons, as the token server of distribution and GitLab do: a name with a port in it therefore ends at
    /// the host, and has actions that nobody knows.
    /// </summary>
    private static RegistryScope? Read(string text) => text.Split(':', 3) switch
    {
        // Lower-casing turns some characters outside ASCII into letters of it, and a name must not become another one.
        ["repository", var name, var actions] when Ascii.IsValid(name) => OfRepository(name.ToLowerInvariant(), actions),
        ["registry", CatalogName, EveryAction] => new RegistryScope(RegistryScopeKind.Catalog, CatalogName, [EveryAction]),
        _ => null,
    };

    private static RegistryScope? OfRepository(string name, string actions)
    {
        if (name.Length > MaxNameLength || !NamePattern().IsMatch(name))
        {
            return null;
        }

        ImmutableArray<string> wanted = [.. actions.Split(',').Where(a => ActionPattern().IsMatch(a))];
        return wanted.IsEmpty ? null : new RegistryScope(RegistryScopeKind.Repository, name, wanted);
    }

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A(?:[a-z]{1,32}|\*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ActionPattern();
}
