using System.Diagnostics.CodeAnalysis;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>A request for an image through the dependency proxy of a group: <c>/v2/{group}/dependency_proxy/containers/{image}/…</c>.</summary>
/// <param name="Group">The group.</param>
internal sealed record DependencyProxyRequest(NamespacePath Group)
{
    private const string First = "dependency_proxy";
    private const string Second = "containers";

    /// <summary>Whether an address is one of a dependency proxy, right or wrong.</summary>
    public static bool IsOne(OriginalUri uri) => IndexIn(uri) >= 0;

    /// <summary>Reads a request.</summary>
    public static bool TryParse(OriginalRequest original, [NotNullWhen(true)] out DependencyProxyRequest? request, out Refusal refusal)
    {
        request = null;
        var uri = original.Uri;
        if (!ImageAddress.IsCanonical(uri))
        {
            refusal = Refusal.UriAmbiguous;
            return false;
        }

        var at = IndexIn(uri);
        string[] image = [.. uri.Segments.Skip(at + 2)];
        var understood = !uri.EndsWithSlash && image switch
        {
            [.. var name, "manifests", var reference] => ImageAddress.TryName(name, out _) && ImageAddress.IsReference(reference),
            [.. var name, "blobs", var digest] => ImageAddress.TryName(name, out _) && ImageAddress.IsDigest(digest),
            _ => false,
        };

        // The words could stand in the address twice; which of them ends the group would then be a guess.
        if (!understood || IndexOf(image, from: 0) >= 0 || !NamespacePath.TryParse(string.Join('/', uri.Segments[1..at]), out var group))
        {
            refusal = Refusal.PathNotUnderstood;
            return false;
        }

        if (original.Method is not ("GET" or "HEAD"))
        {
            refusal = Refusal.CommandNotAllowed;
            return false;
        }

        request = new DependencyProxyRequest(group);
        refusal = Refusal.None;
        return true;
    }

    private static int IndexIn(OriginalUri uri) => IndexOf(uri.Segments.AsSpan(), from: 1);

    private static int IndexOf(ReadOnlySpan<string> segments, int from)
    {
        for (var at = from; at + 1 < segments.Length; at++)
        {
            if (segments[at] == First && segments[at + 1] == Second)
            {
                return at;
            }
        }

        return -1;
    }
}
