using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>What a git client wants of a repository.</summary>
internal enum GitAccess
{
    /// <summary>Clone and fetch; download of large files; reading the list of locks.</summary>
    Download,

    /// <summary>Push; upload of large files; every change of locks.</summary>
    Upload,

    /// <summary>Something that git does not ask for. It is refused, but like GitLab only to who is known.</summary>
    Unknown,
}

/// <summary>
/// A request of git or git-lfs to one repository. Only addresses that these clients really use are taken: whatever a server might also
/// answer to is refused, so that no second spelling of a push can pass as a fetch.
/// </summary>
/// <param name="Project">The path of the project.</param>
/// <param name="IsWiki">Whether it is the repository of the project's wiki.</param>
/// <param name="IsLfs">Whether git-lfs asks, which reads errors as JSON.</param>
/// <param name="Access">What is wanted.</param>
internal sealed record GitRequest(NamespacePath Project, bool IsWiki, bool IsLfs, GitAccess Access)
{
    private const string RepositoryEnding = ".git";
    private const string WikiEnding = ".wiki";
    private const int MinProjectSegments = 2;
    private const int ObjectIdLength = 64;
    private const int MaxSizeDigits = 19;
    private const int MaxLockIdLength = 64;

    private static readonly SearchValues<char> LockIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> LowerHexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>
    /// What must be decided. The first decision is about what is wanted. The last is about downloading, on which it depends how
    /// git-lfs is told that it may not upload.
    /// </summary>
    public ImmutableArray<Question> Questions
    {
        get
        {
            var action = Access == GitAccess.Upload ? RegistryAction.UploadCode : RegistryAction.DownloadCode;
            var wanted = new Question(action, Resource.At(Project));
            return IsLfs && Access == GitAccess.Upload ? [wanted, wanted with { Action = RegistryAction.DownloadCode }] : [wanted];
        }
    }

    /// <summary>Reads a git request. False, with a reason, for every other request.</summary>
    public static bool TryParse(OriginalRequest original, [NotNullWhen(true)] out GitRequest? request, out Refusal refusal)
    {
        request = null;
        string[] segments = [.. original.Uri.Segments];
        var repository = IndexOfRepository(segments);
        if (repository < 0 || !TryProject(segments[..(repository + 1)], out var path, out var isWiki))
        {
            refusal = Refusal.PathNotUnderstood;
            return false;
        }

        if (original.Uri.EndsWithSlash)
        {
            refusal = Refusal.CommandNotAllowed;
            return false;
        }

        var rest = segments[(repository + 1)..];
        var isLfs = rest is ["info", "lfs", ..] or ["gitlab-lfs", ..];
        var access = rest switch
        {
            ["info", "lfs", .. var command] => OfLfs(command, original),
            ["gitlab-lfs", "objects", var id] when IsObjectId(id) => OfLfsObject(original),
            ["gitlab-lfs", "objects", var id, var size] when IsObjectId(id) && IsSize(size) => OfLfsObject(original),
            ["gitlab-lfs", "objects", var id, var size, "authorize"] when IsObjectId(id) && IsSize(size) => OfLfsObject(original),
            _ => OfGit(rest, original),
        };
        if (access is not { } wanted)
        {
            // GitLab answers HEAD with no text at all, and git never sends it.
            refusal = rest is ["info", "refs"] && original.Method == "HEAD" ? Refusal.HeadNotAllowed : Refusal.CommandNotAllowed;
            return false;
        }

        request = new GitRequest(path, isWiki, isLfs, wanted);
        refusal = Refusal.None;
        return true;
    }

    /// <summary>
    /// The query must be exactly the one that git sends. Backends differ in which of two parameters they take, and in how they decode
    /// their names, so there is no safe way to read any other: it is unknown what it asks for.
    /// </summary>
    private static GitAccess? OfGit(string[] rest, OriginalRequest original) =>
        (original.Method, rest, original.Uri.Query) switch
        {
            ("GET", ["info", "refs"], "service=git-upload-pack") => GitAccess.Download,
            ("GET", ["info", "refs"], "service=git-receive-pack") => GitAccess.Upload,
            ("POST", ["git-upload-pack"], null) => GitAccess.Download,
            ("POST", ["git-receive-pack"], null) => GitAccess.Upload,
            ("GET", ["info", "refs"], _) or ("POST", ["git-upload-pack" or "git-receive-pack"], _) => GitAccess.Unknown,
            _ => null,
        };

    /// <summary>
    /// Whether a batch is for download or upload stands in its body, which no proxy sends along. It moves no content: the upload that
    /// follows it is a request of its own, and refused.
    /// </summary>
    private static GitAccess? OfLfs(string[] command, OriginalRequest original) =>
        (original.Method, command, original.Uri.Query) switch
        {
            ("POST", ["objects", "batch"], null) => GitAccess.Download,
            (_, ["objects", var id], _) when IsObjectId(id) => OfLfsObject(original),
            ("GET", ["locks"], var query) when AsksForLocks(query) => GitAccess.Download,
            ("POST", ["locks"], null) => GitAccess.Upload,
            ("POST", ["locks", "verify"], null) => GitAccess.Upload,
            ("POST", ["locks", var id, "unlock"], null) when IsLockId(id) => GitAccess.Upload,
            _ => null,
        };

    private static GitAccess? OfLfsObject(OriginalRequest original) => (original.Method, original.Uri.Query) switch
    {
        ("GET", null) => GitAccess.Download,
        ("PUT", null) => GitAccess.Upload,
        _ => null,
    };

    private static int IndexOfRepository(string[] segments)
    {
        for (var index = 0; index < segments.Length; index++)
        {
            if (segments[index].EndsWith(RepositoryEnding, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        return -1;
    }

    private static bool TryProject(string[] segments, out NamespacePath path, out bool isWiki)
    {
        path = default;
        isWiki = false;
        if (segments.Length < MinProjectSegments || !segments[^1].EndsWith(RepositoryEnding, StringComparison.Ordinal))
        {
            return false;
        }

        var name = segments[^1][..^RepositoryEnding.Length];
        isWiki = name.EndsWith(WikiEnding, StringComparison.Ordinal);
        // A segment with an escaped slash must stay one segment, which no path allows.
        return !Array.Exists(segments, static segment => segment.Contains('/', StringComparison.Ordinal))
            && NamespacePath.TryParse(string.Join('/', [.. segments[..^1], isWiki ? name[..^WikiEnding.Length] : name]), out path);
    }

    private static bool IsObjectId(string id) => id.Length == ObjectIdLength && !id.AsSpan().ContainsAnyExcept(LowerHexDigits);

    private static bool IsSize(string size) =>
        size.Length is > 0 and <= MaxSizeDigits && !size.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsLockId(string id) =>
        id.Length is > 0 and <= MaxLockIdLength && !id.AsSpan().ContainsAnyExcept(LockIdCharacters);

    /// <summary>
    /// The only query that is not fixed. It names no push in any spelling, so that this needs no proof for each server, and nothing
    /// is escaped twice in it.
    /// </summary>
    private static bool AsksForLocks(string? query)
    {
        if (string.IsNullOrEmpty(query))
        {
            return true;
        }

        return !query.Contains("%25", StringComparison.Ordinal)
            && !Uri.UnescapeDataString(query).Contains("receive-pack", StringComparison.OrdinalIgnoreCase)
            && Array.TrueForAll(
                query.Split('&'), parameter => parameter.Split('=', 2)[0] is "path" or "id" or "cursor" or "limit" or "refspec");
    }
}
