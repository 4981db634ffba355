using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>Walks a path down the tree, name by name.</summary>
internal static class PathWalk
{
    /// <summary>Where a path leads. Projects are leaves: the first one met ends the walk, so it is the longest project prefix.</summary>
    public static async ValueTask<ResolvedPath> ResolveAsync(IGrainFactory grains, NamespacePath path)
    {
        var at = default(NamespaceId);
        var redirected = false;
        for (var used = 0; used < path.Segments.Length; used++)
        {
            if (at.Kind == NamespaceKind.Project)
            {
                return new ResolvedPath(at, redirected, used);
            }

            var entry = await PathEntryGrain.Of(grains, at.AsGroup, path.Segments[used]).GetAsync();
            if (entry.Target.IsNone)
            {
                return default;
            }

            at = entry.Target;
            redirected |= entry.Redirect;
        }

        return new ResolvedPath(at, redirected, path.Segments.Length);
    }
}
