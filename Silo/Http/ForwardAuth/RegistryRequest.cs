using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// A request of a docker client to a registry, as distribution reads it: the last segments say what is wanted, all before them is the
/// name of the repository. What is not plainly one of these requests is refused.
/// </summary>
/// <param name="Needs">What a JWT must grant.</param>
/// <param name="Asks">What the client is told to ask for: the same, and for whoever pushes pulling as well, without which no registry lets push.</param>
/// <param name="Deletes">Whether something would be deleted, which no deploy token may do.</param>
internal sealed record RegistryRequest(ImmutableArray<RepositoryScope> Needs, string Asks, bool Deletes)
{
    private const string Pull = "pull";
    private const string Push = "push";
    private const string Delete = "delete";

    /// <summary>Reads a request to one repository.</summary>
    public static bool TryParse(OriginalRequest original, [NotNullWhen(true)] out RegistryRequest? request, out Refusal refusal)
    {
        request = null;
        if (!ImageAddress.IsCanonical(original.Uri))
        {
            refusal = Refusal.UriAmbiguous;
            return false;
        }

        if (!TryTarget(original.Uri, out var name, out var target))
        {
            refusal = Refusal.PathNotUnderstood;
            return false;
        }

        if (ActionOf(target, original.Method) is not { } action)
        {
            refusal = Refusal.CommandNotAllowed;
            return false;
        }

        string? mountedFrom = null;
        if (target == Target.Uploads && !UploadQuery.TryRead(original.Uri.Query, out mountedFrom))
        {
            refusal = Refusal.PathNotUnderstood;
            return false;
        }

        request = Of(name, action, mountedFrom);
        refusal = Refusal.None;
        return true;
    }

    private static RegistryRequest Of(string name, string action, string? mountedFrom)
    {
        var asks = $"repository:{name}:{(action == Push ? "pull,push" : action)}";
        var wanted = new RepositoryScope(name, [action]);
        return mountedFrom is null
            ? new RegistryRequest([wanted], asks, action == Delete)
            : new RegistryRequest(
                [wanted, new RepositoryScope(mountedFrom, [Pull])], $"{asks} repository:{mountedFrom}:{Pull}", Deletes: false);
    }

    private static bool TryTarget(OriginalUri uri, out string name, out Target target)
    {
        string[] segments = [.. uri.Segments.Skip(1)];
        (var repository, target) = (segments, uri.EndsWithSlash) switch
        {
            ([.. var before, "manifests", var reference], false) when ImageAddress.IsReference(reference) => (before, Target.Manifest),
            ([.. var before, "blobs", var digest], false) when ImageAddress.IsDigest(digest) => (before, Target.Blob),
            ([.. var before, "blobs", "uploads"], true) => (before, Target.Uploads),
            ([.. var before, "blobs", "uploads", var upload], false) when ImageAddress.IsUpload(upload) => (before, Target.Upload),
            ([.. var before, "tags", "list"], false) => (before, Target.List),
            ([.. var before, "referrers", var digest], false) when ImageAddress.IsDigest(digest) => (before, Target.List),
            _ => ([], Target.None),
        };
        return ImageAddress.TryName(repository, out name);
    }

    /// <summary>Pushing is a matter of several requests, some of which read or give up what is being pushed.</summary>
    private static string? ActionOf(Target target, string method) => (target, method) switch
    {
        (Target.Manifest or Target.Blob or Target.List, "GET" or "HEAD") => Pull,
        (Target.Manifest, "PUT") => Push,
        (Target.Uploads, "POST") => Push,
        (Target.Upload, "GET" or "HEAD" or "PATCH" or "PUT" or "DELETE") => Push,
        (Target.Manifest or Target.Blob, "DELETE") => Delete,
        _ => null,
    };

    private enum Target
    {
        None,
        Manifest,
        Blob,
        Uploads,
        Upload,
        List,
    }
}
