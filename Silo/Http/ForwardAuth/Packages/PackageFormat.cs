namespace OrleansTokens.Silo.Http.ForwardAuth.Packages;

/// <summary>Where in the API a package registry can be addressed.</summary>
[Flags]
internal enum PackageLevels
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>The packages of one project.</summary>
    Project = 1,

    /// <summary>The packages of all projects of a group.</summary>
    Group = 2,

    /// <summary>The packages of all projects; which one is meant stands further on in the address.</summary>
    Instance = 4,
}

/// <summary>Where in a request a deploy token can be.</summary>
[Flags]
internal enum CredentialPlaces
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>The password of HTTP Basic.</summary>
    Basic = 1,

    /// <summary>The header <c>Deploy-Token</c>.</summary>
    DeployTokenHeader = 2,

    /// <summary>The Authorization header with the scheme Bearer.</summary>
    Bearer = 4,

    /// <summary>The query parameter <c>access_token</c>.</summary>
    AccessTokenParameter = 8,

    /// <summary>The Authorization header, without a scheme.</summary>
    RawAuthorization = 16,
}

/// <summary>
/// A kind of package registry, as far as it matters for deciding: the rows of the reference's table (§3.6).
/// </summary>
/// <param name="Segment">Its segment of the address.</param>
/// <param name="Levels">Where it exists.</param>
/// <param name="Places">Where a deploy token is looked for.</param>
/// <param name="InsistsOnCredential">
/// Whether what is shown must be right (reference §3.1, path C): then the username of HTTP Basic is checked, and a wrong credential is
/// refused even where everybody may read. Otherwise (path B) it is not checked, and a wrong credential counts as none.
/// </param>
internal sealed record PackageFormat(string Segment, PackageLevels Levels, CredentialPlaces Places, bool InsistsOnCredential)
{
    private const CredentialPlaces PathB = CredentialPlaces.Basic | CredentialPlaces.DeployTokenHeader | CredentialPlaces.Bearer
        | CredentialPlaces.AccessTokenParameter;

    private const CredentialPlaces PathC = CredentialPlaces.Basic | CredentialPlaces.DeployTokenHeader;

    private const PackageLevels ProjectAndGroup = PackageLevels.Project | PackageLevels.Group;

    /// <summary>npm: escapes the slash in the names of packages.</summary>
    public static readonly PackageFormat Npm = Lenient("npm", ProjectAndGroup | PackageLevels.Instance);

    /// <summary>Maven: at instance level the path begins with the path of the project.</summary>
    public static readonly PackageFormat Maven = Lenient("maven", ProjectAndGroup | PackageLevels.Instance);

    /// <summary>Conan: at instance level the reference's user is the path of the project.</summary>
    public static readonly PackageFormat Conan = Lenient("conan", PackageLevels.Project | PackageLevels.Instance);

    /// <summary>Composer: reads from groups, publishes to projects.</summary>
    public static readonly PackageFormat Composer = Lenient("composer", ProjectAndGroup);

    /// <summary>Terraform modules: the registry protocol is at instance level and names a top-level group.</summary>
    public static readonly PackageFormat Terraform =
        new("terraform", PackageLevels.Project | PackageLevels.Instance, PathC | CredentialPlaces.Bearer, InsistsOnCredential: true);

    /// <summary>Debian: has addresses for its distributions outside those for packages.</summary>
    public static readonly PackageFormat Debian = new("debian", ProjectAndGroup, PathC, InsistsOnCredential: true);

    /// <summary>Every format that takes deploy tokens. The Go proxy is none of them.</summary>
    public static readonly IReadOnlyList<PackageFormat> All =
    [
        Lenient("generic", PackageLevels.Project),
        Npm,
        Maven,
        Lenient("nuget", ProjectAndGroup),
        Lenient("pypi", ProjectAndGroup),
        Composer,
        Lenient("helm", PackageLevels.Project),
        Conan,
        Terraform,
        new("rubygems", PackageLevels.Project, PathC | CredentialPlaces.RawAuthorization, InsistsOnCredential: true),
        Debian,
    ];

    /// <summary>The format of a segment, compared exactly; null for none.</summary>
    public static PackageFormat? Find(string segment) => All.FirstOrDefault(format => format.Segment == segment);

    private static PackageFormat Lenient(string segment, PackageLevels levels) => new(segment, levels, PathB, InsistsOnCredential: false);
}
