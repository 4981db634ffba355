using System.Buffers;
using System.Collections.Immutable;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>A scope that may be granted: what of it can be asked, and where.</summary>
/// <param name="Name">The repository, as requested.</param>
/// <param name="Path">As much of the name as can lead to its project.</param>
/// <param name="Actions">What of it deploy tokens can ever do, in the order requested, each once.</param>
internal sealed record WantedAccess(string Name, NamespacePath Path, ImmutableArray<RegistryAction> Actions);

/// <summary>What is granted of a scope.</summary>
/// <param name="Name">The repository, as requested.</param>
/// <param name="Actions">What is granted, in the order requested.</param>
/// <param name="Project">The project it belongs to.</param>
internal sealed record GrantedAccess(string Name, ImmutableArray<RegistryAction> Actions, LocatedProject Project);

/// <summary>From scopes to questions, and from decisions to what is granted (reference §3.4). Pure.</summary>
internal static class RegistryAccess
{
    private const int MinPathSegments = 2;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-/");

    /// <summary>The name of an action in a scope.</summary>
    public static string NameOf(RegistryAction action) => action switch
    {
        RegistryAction.PullImage => "pull",
        RegistryAction.PushImage => "push",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    /// <summary>The scopes of which anything can be granted, in their order. The others are left out without a word.</summary>
    public static ImmutableArray<WantedAccess> Want(ImmutableArray<RepositoryScope> scopes)
    {
        var wanted = ImmutableArray.CreateBuilder<WantedAccess>();
        foreach (var scope in scopes)
        {
            var actions = ActionsOf(scope);
            if (!actions.IsEmpty && TryFindPath(scope.Name, out var path))
            {
                wanted.Add(new WantedAccess(scope.Name, path, actions));
            }
        }

        return wanted.ToImmutable();
    }

    /// <summary>One question for each action of each scope, in their order.</summary>
    public static IEnumerable<Question> Questions(ImmutableArray<WantedAccess> wanted) =>
        wanted.SelectMany(static w => w.Actions.Select(action => new Question(action, Resource.Within(w.Path))));

    /// <summary>What the decisions grant. A scope of which nothing is granted is left out.</summary>
    /// <param name="wanted">The scopes.</param>
    /// <param name="decisions">The decisions on their <see cref="Questions"/>.</param>
    public static ImmutableArray<GrantedAccess> Grant(ImmutableArray<WantedAccess> wanted, ReadOnlySpan<Decision> decisions)
    {
        if (decisions.Length != wanted.Sum(static w => w.Actions.Length))
        {
            throw TokenAuthorityException.Unavailable("There are not as many decisions as questions.");
        }

        var granted = ImmutableArray.CreateBuilder<GrantedAccess>();
        foreach (var want in wanted)
        {
            var own = decisions[..want.Actions.Length];
            decisions = decisions[want.Actions.Length..];
            if (Grant(want, own) is { } grant)
            {
                granted.Add(grant);
            }
        }

        return granted.ToImmutable();
    }

    private static GrantedAccess? Grant(WantedAccess wanted, ReadOnlySpan<Decision> decisions)
    {
        var actions = ImmutableArray.CreateBuilder<RegistryAction>(decisions.Length);
        LocatedProject? project = null;
        for (var i = 0; i < decisions.Length; i++)
        {
            if (decisions[i] is { Allowed: true, Resource: { } resource })
            {
                actions.Add(wanted.Actions[i]);
                project = resource;
            }
        }

        return project is null ? null : new GrantedAccess(wanted.Name, actions.ToImmutable(), project);
    }

    private static ImmutableArray<RegistryAction> ActionsOf(RepositoryScope scope) => scope.Actions.IsDefaultOrEmpty
        ? []
        : [.. scope.Actions.Select(ActionOf).Where(static action => action != RegistryAction.None).Distinct()];

    private static RegistryAction ActionOf(string? name) => name switch
    {
        "pull" => RegistryAction.PullImage,
        "push" => RegistryAction.PushImage,
        _ => RegistryAction.None,
    };

    /// <summary>
    /// The segments of a name that can be a project's path. A project consists of slugs, so the first segment that is none belongs to
    /// the image. What a registry could read as another name than this one is no name.
    /// </summary>
    private static bool TryFindPath(string? name, out NamespacePath path)
    {
        path = default;
        if (name is null || name.Length > Limits.MaxRepositoryNameLength || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return false;
        }

        var segments = name.Split('/');
        if (segments.Any(static s => s.Trim('.').Length == 0))
        {
            return false;
        }

        var slugs = segments.TakeWhile(static s => Slug.TryParse(s, out _)).Take(Limits.MaxPathSegments).ToArray();
        return slugs.Length >= MinPathSegments && NamespacePath.TryParse(string.Join('/', slugs), out path);
    }
}
