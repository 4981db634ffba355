using CsCheck;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>Request targets near the border between what is taken and what is refused.</summary>
internal static class UriGen
{
    private static readonly string[] Good =
    [
        "/acme/api.git/info/refs?service=git-upload-pack",
        "/acme/api.git/info/refs?service=git-receive-pack",
        "/acme/platform/api.git/git-upload-pack",
        "/acme/platform/api.git/git-receive-pack",
        "/acme/api.wiki.git/info/refs?service=git-upload-pack",
        "/acme/api.git/info/lfs/objects/batch",
        "/acme/api.git/info/lfs/locks?path=a",
        "/acme/api.git/HEAD",
        "/api/v4/projects/acme%2Fapi/packages/generic/a/1/b",
    ];

    private static readonly string[] GoodPackages =
    [
        "/api/v4/projects/acme%2Fapi/packages/generic/a/1/b",
        "/api/v4/projects/12/packages/npm/@a%2fb",
        "/api/v4/projects/acme%2fplatform%2Fapi/packages/maven/a/b/1/c.jar",
        "/api/v4/projects/12/debian_distributions/x",
        "/api/v4/groups/acme%2Fapi/-/packages/pypi/simple/x/",
        "/api/v4/packages/npm/@acme%2fapp",
        "/api/v4/packages/maven/acme/api/1/c.jar",
    ];

    private static readonly Gen<string> PackagePiece = Gen.OneOf(
        "packages", "/packages/npm", "%2Fpackages%2Fnpm", "%2fpackages%2fgeneric%2f", "projects", "12", "/12", "%2F12", "acme%2Fapi",
        "debian_distributions", "%2Fdebian_distributions", "npm", "generic", "/-/", "%2F-%2F", "@a%2fb", "%40", "groups");

    private static readonly Gen<string> Piece = Gen.OneOf(
        "/", "//", ".", "..", "/..", "/../", "/./", "%2e", "%2E", "%2e%2e", "%252e", "%252e%252e", "%25", "%2f", "%2F", "%252f", "%5c",
        "\\", ";", "%3b", "#", "?", "%3f", "&", "=", "+", "%00", "%0a", "%20", " ", "%", "%2", "%zz", "%c0%ae", "\u00e9", "\uff0e", "\0",
        "a", "Z", "acme", "other", ".git", ".GIT", "/other/secret.git", "%61", "%67", "info", "refs", "HEAD", "service",
        "servic%65", "Service", "git-upload-pack", "git-receive-pack", "git%2dreceive-pack", "git-receiv%65-pack",
        "&service=git-receive-pack", "&servic%65=git-receive-pack", "?service=git-receive-pack", "%26service%3dgit-receive-pack",
        "/git-receive-pack", "/objects/pack/x");

    private static readonly string[] GoodImages =
    [
        "/v2/acme/api/manifests/latest",
        "/v2/acme/platform/api/worker/manifests/1.0",
        "/v2/acme/api/blobs/sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "/v2/acme/api/blobs/uploads/",
        "/v2/acme/api/blobs/uploads/?from=acme/other",
        "/v2/acme/api/blobs/uploads/0f6b-4a?_state=x",
        "/v2/acme/api/tags/list?n=5",
        "/v2/acme/dependency_proxy/containers/library/alpine/manifests/latest",
        "/v2/_catalog",
        "/v2/",
    ];

    private static readonly Gen<string> ImagePiece = Gen.OneOf(
        Piece,
        Gen.OneOf("manifests", "/manifests/", "blobs/uploads/", "/blobs/uploads/", "tags/list", "/tags/list", "/v2/", "_catalog", "latest", ":", "sha256:",
            "&from=", "from=acme/x", "%66rom=x", "mount=", "/dependency_proxy/containers/", "dependency_proxy", "containers", "-", "_", "__", "uploads"));

    /// <summary>A good target with up to four changes anywhere in it, or pieces alone.</summary>
    public static readonly Gen<string> Any = Gen.Frequency(
        (4, Gen.Select(Gen.OneOf(Good), Gen.Select(Piece, Gen.Double[0, 1], Gen.Bool).Array[0, 4], Change)),
        (1, Piece.Array[0, 8].Select(p => "/" + string.Concat(p))));

    /// <summary>The same near the addresses of registries and dependency proxies.</summary>
    public static readonly Gen<string> Images = Gen.Frequency(
        (4, Gen.Select(Gen.OneOf(GoodImages), Gen.Select(ImagePiece, Gen.Double[0, 1], Gen.Bool).Array[0, 4], Change)),
        (1, ImagePiece.Array[0, 8].Select(p => "/v2/" + string.Concat(p))));

    /// <summary>The same for the addresses of packages.</summary>
    public static readonly Gen<string> Packages = Gen.Select(
        Gen.OneOf(GoodPackages), Gen.Select(Gen.OneOf(PackagePiece, PackagePiece, Piece), Gen.Double[0, 1], Gen.Bool).Array[0, 4], Change);

    private static string Change(string target, (string Piece, double Where, bool Replaces)[] changes)
    {
        foreach (var (piece, where, replaces) in changes)
        {
            var at = (int)(where * target.Length);
            target = target[..at] + piece + target[Math.Min(target.Length, at + (replaces ? 1 : 0))..];
        }

        return target;
    }
}
