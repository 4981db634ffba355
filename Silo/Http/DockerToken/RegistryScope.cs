using System.Collections.Immutable;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>What a registry scope is about.</summary>
internal enum RegistryScopeKind
{
    /// <summary>An image repository.</summary>
    Repository,

    /// <summary>The list of all repositories.</summary>
    Catalog,
}

/// <summary>One thing that a registry client asks a JWT for.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Name">The repository, lower case; <c>catalog</c> for the catalog.</param>
/// <param name="Actions">What is wanted, in the order of the request, each once.</param>
internal sealed record RegistryScope(RegistryScopeKind Kind, string Name, ImmutableArray<string> Actions)
{
    private const int MinProjectSegments = 2;
    private const int MaxProjectSegments = 21;

    /// <summary>
    /// The paths that may be the project of the repository, longest first: the first that exists is, and what follows it is the name
    /// of the image. None for a repository that no project can hold.
    /// </summary>
    public IEnumerable<string> ProjectPathCandidates()
    {
        if (Kind != RegistryScopeKind.Repository)
        {
            yield break;
        }

        var segments = Name.Split('/');
        for (var count = Math.Min(segments.Length, MaxProjectSegments); count >= MinProjectSegments; count--)
        {
            yield return string.Join('/', segments, 0, count);
        }
    }
}
