using System.Globalization;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What <c>:id</c> of a URL names: a number, or a full path. Exactly one of the two is not null.</summary>
internal readonly record struct PathId
{
    private PathId(long? number, string? path) => (Number, Path) = (number, path);

    /// <summary>The numeric id, at least 1.</summary>
    public long? Number { get; }

    /// <summary>The full path, segments separated by <c>/</c>, not yet checked for what a path may hold.</summary>
    public string? Path { get; }

    /// <summary>Reads the id of a group. Null when no group can have it.</summary>
    public static PathId? OfGroup(string? segment) => Read(segment);

    /// <summary>Reads the id of a project. Null when no project can have it: a project's path has at least two segments.</summary>
    public static PathId? OfProject(string? segment) =>
        Read(segment) is { } id && (id.Number is not null || id.Path!.Contains('/', StringComparison.Ordinal)) ? id : null;

    /// <summary>A full path, even one that looks like an id.</summary>
    public static PathId OfPath(string path) => new(null, path);

    private static PathId? Read(string? segment)
    {
        if (string.IsNullOrEmpty(segment))
        {
            return null;
        }

        // As in GitLab, what looks like an integer is an id and never a path.
        var digits = segment.AsSpan(segment[0] == '-' ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return new PathId(null, segment);
        }

        return long.TryParse(segment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new PathId(number, null)
            : null;
    }
}
