using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth.Packages;

/// <summary>
/// Which registry an address belongs to, and whose packages it is about. What follows in it does not matter for deciding, as long as it
/// cannot lead to another project: so nothing is read from it where the project or group stands before it.
/// </summary>
/// <param name="Format">The registry.</param>
/// <param name="Level">One level, and one that the format has.</param>
/// <param name="Resource">The project or group.</param>
/// <param name="Rest">What follows the format.</param>
internal sealed record PackageAddress(PackageFormat Format, PackageLevels Level, Resource Resource, ImmutableArray<string> Rest)
{
    /// <summary>The index of the id of the project or group, where the address has one.</summary>
    private const int IdSegment = 3;

    private const string Packages = "packages";
    private const string Distributions = "debian_distributions";
    private const int MinProjectSegments = 2;

    /// <summary>Whether it is one of the addresses under which GitLab's API is.</summary>
    public static bool IsApi(OriginalUri uri) => uri.Segments is ["api", "v4", ..];

    /// <summary>Whether a segment may hold an escaped slash: the id of a project or group, and the name of an npm package.</summary>
    public static bool MayHoldSlash(OriginalUri uri, int segment)
    {
        if (segment == IdSegment && uri.Segments is ["api", "v4", "projects" or "groups" or "group", ..])
        {
            return true;
        }

        var (format, _, _, rest) = Split(uri.Segments);
        var place = segment - (uri.Segments.Length - rest.Length);
        return format == PackageFormat.Npm.Segment
            && (place == 0 || (place == 2 && rest is ["-", "package", ..]))
            && TryScope(uri.Segments[segment], out _);
    }

    /// <summary>Reads an address. False, with the answer, for everything that is not about exactly one project or group.</summary>
    public static bool TryParse(
        OriginalUri uri, [NotNullWhen(true)] out PackageAddress? address, [NotNullWhen(false)] out ForwardAuthAnswer? refused)
    {
        address = null;
        refused = null;
        var (segment, level, id, rest) = Split(uri.Segments);
        if (PackageFormat.Find(segment) is not { } format || (format == PackageFormat.Terraform && rest is not ["modules", ..]))
        {
            refused = ForwardAuthAnswer.To(Refusal.PathNotUnderstood);
        }
        else if (!format.Levels.HasFlag(level))
        {
            refused = PackageAnswers.NoSuchLevel(format);
        }
        else if (id is not null && IsAmbiguous(id))
        {
            refused = ForwardAuthAnswer.To(Refusal.UriAmbiguous);
        }
        else if (level == PackageLevels.Instance)
        {
            refused = OfInstance(format, rest) is { } resource
                ? Found(out address, new PackageAddress(format, level, resource, rest))
                : ForwardAuthAnswer.To(Refusal.PathNotUnderstood);
        }
        else
        {
            refused = OfId(level, id!) is { } resource
                ? Found(out address, new PackageAddress(format, level, resource, rest))
                : PackageAnswers.NotFound(format, level);
        }

        return refused is null;
    }

    private static ForwardAuthAnswer? Found(out PackageAddress address, PackageAddress found)
    {
        address = found;
        return null;
    }

    private static (string Format, PackageLevels Level, string? Id, ImmutableArray<string> After) Split(ImmutableArray<string> segments) =>
        segments switch
        {
            ["api", "v4", "projects", var id, Packages, var format, ..] => (format, PackageLevels.Project, id, segments[6..]),
            ["api", "v4", "projects", var id, Distributions, ..] => (PackageFormat.Debian.Segment, PackageLevels.Project, id, segments[5..]),
            ["api", "v4", "groups", var id, "-", Packages, var format, ..] => (format, PackageLevels.Group, id, segments[7..]),
            ["api", "v4", "groups", var id, "-", Distributions, ..] => (PackageFormat.Debian.Segment, PackageLevels.Group, id, segments[6..]),
            // GitLab has the addresses of Composer under this word.
            ["api", "v4", "group", var id, "-", Packages, "composer", ..] => ("composer", PackageLevels.Group, id, segments[7..]),
            ["api", "v4", Packages, var format, ..] => (format, PackageLevels.Instance, null, segments[4..]),
            _ => ("", PackageLevels.None, null, []),
        };

    /// <summary>
    /// Whether a backend that decodes before it splits would find another id, and packages after it, in this one: with
    /// <c>/projects/12%2Fpackages%2Fnpm%2Fx/packages/npm/…</c> it would serve project 12.
    /// </summary>
    private static bool IsAmbiguous(string id) => id.ToLowerInvariant().Split('/') switch
    {
        // A number in another base to one backend, the name of a group to the next.
        [['0', _, ..] number] => !number.AsSpan().ContainsAnyExceptInRange('0', '9'),
        [_, Packages, var format, ..] => PackageFormat.Find(format) is not null || format == "go",
        [_, Distributions, ..] => true,
        _ => false,
    };

    private static Resource? OfId(PackageLevels level, string id)
    {
        var isGroup = level == PackageLevels.Group;
        return (isGroup ? PathId.OfGroup(id) : PathId.OfProject(id)) switch
        {
            { Number: { } number } => isGroup ? Resource.Of(new GroupId(number)) : Resource.Of(new ProjectId(number)),
            { Path: var text } when NamespacePath.TryParse(text, out var path) => isGroup ? Resource.GroupAt(path) : Resource.At(path),
            _ => null,
        };
    }

    /// <summary>The project or group, from where the format has it. Null where the address does not say it.</summary>
    private static Resource? OfInstance(PackageFormat format, ImmutableArray<string> rest)
    {
        if (format == PackageFormat.Npm)
        {
            return OfNpmScope(rest is ["-", "package", .. var named] ? named : rest);
        }

        if (format == PackageFormat.Maven)
        {
            return OfMavenPath(rest);
        }

        return rest switch
        {
            ["modules", "v1", var group, _, _, ..] when format == PackageFormat.Terraform => OfTopGroup(group),
            ["v1", "conans" or "files", _, _, var user, _, ..] when format == PackageFormat.Conan => OfProject(user.Replace('+', '/')),
            _ => null,
        };
    }

    private static Resource? OfNpmScope(ImmutableArray<string> named) => named switch
    {
        [var name, ..] when TryScope(name, out var scope) => OfTopGroup(scope),
        [['@', .. var scope], _, ..] => OfTopGroup(scope),
        _ => null,
    };

    /// <summary>
    /// What can be a path at the beginning, which is longer than that of the project as a rule: the longest that leads to a project counts.
    /// The last segment is always that of a file.
    /// </summary>
    private static Resource? OfMavenPath(ImmutableArray<string> rest)
    {
        var length = 0;
        while (length < Math.Min(rest.Length - 1, Limits.MaxPathSegments) && Slug.TryParse(rest[length], out _))
        {
            length++;
        }

        return length >= MinProjectSegments && NamespacePath.TryParse(string.Join('/', rest[..length]), out var path)
            ? Resource.Within(path)
            : null;
    }

    private static Resource? OfProject(string path) =>
        path.Contains('/', StringComparison.Ordinal) && NamespacePath.TryParse(path, out var parsed) ? Resource.At(parsed) : null;

    private static Resource? OfTopGroup(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && NamespacePath.TryParse(name, out var path) ? Resource.GroupAt(path) : null;

    /// <summary>The scope of a scoped name in one segment: <c>@scope/name</c>.</summary>
    private static bool TryScope(string name, [NotNullWhen(true)] out string? scope)
    {
        scope = name.Split('/') is [['@', _, ..] first, [_, ..]] ? first[1..] : null;
        return scope is not null;
    }
}
