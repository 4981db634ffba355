using System.Text.RegularExpressions;
using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>What the parts of an address below <c>/v2/</c> must look like, so that no registry could read them as something else.</summary>
internal static partial class ImageAddress
{
    /// <summary>The first segment of every such address.</summary>
    public const string Root = "v2";

    /// <summary>
    /// Whether the path is written in the one way in which it can be written: without escapes, for which no part of it has any use.
    /// </summary>
    public static bool IsCanonical(OriginalUri uri)
    {
        var mark = uri.Raw.IndexOf('?', StringComparison.Ordinal);
        return !uri.Raw.AsSpan(0, mark < 0 ? uri.Raw.Length : mark).Contains('%');
    }

    /// <summary>Whether the segments are the name of a repository, in lower case.</summary>
    public static bool TryName(string[] segments, out string name)
    {
        name = string.Join('/', segments);
        return RegistryScopes.IsName(name);
    }

    /// <summary>Whether it names a manifest: a tag or a digest.</summary>
    public static bool IsReference(string text) => TagPattern().IsMatch(text) || IsDigest(text);

    /// <summary>Whether it is a digest.</summary>
    public static bool IsDigest(string text) => DigestPattern().IsMatch(text);

    /// <summary>Whether it can be the id of an upload.</summary>
    public static bool IsUpload(string text) => UploadPattern().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]{32,256}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_.=-]{1,256}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UploadPattern();
}
