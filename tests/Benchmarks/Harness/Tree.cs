using System.Globalization;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// 1,000 projects below groups that are so many levels deep: 10 groups at the top, 10 in each of those, and one in each further down. Numbers
/// start at 1, in this order.
/// </summary>
internal sealed class Tree
{
    public const int Projects = 1000;

    private const int Fan = 10;
    private const int UsualLevels = 2;

    /// <summary>So many projects lie below each group at the top.</summary>
    public const int ProjectsOfTopGroup = Projects / Fan;

    /// <summary>Of as many levels as where nothing else is said.</summary>
    public static readonly Tree Usual = new(UsualLevels);

    private readonly int _levels;
    private readonly string[] _paths;

    public Tree(int levels)
    {
        _levels = levels;
        _paths = [.. Enumerable.Range(0, Projects).Select(project => string.Join('/', Slugs(project)))];
    }

    public long GroupCount => FirstOf(_levels) - 1;

    /// <summary>Every group: its id, its parent's (0 at the top), its slug.</summary>
    public IEnumerable<(long Id, long Parent, string Slug)> Groups() =>
        from level in Enumerable.Range(0, _levels)
        from index in Enumerable.Range(0, WidthOf(level))
        let parent = level == 0 ? 0 : FirstOf(level - 1) + (level == 1 ? index / Fan : index)
        select (FirstOf(level) + index, parent, GroupSlug(level, index));

    /// <summary>The group that a project is in.</summary>
    public long GroupOf(int project) => FirstOf(_levels - 1) + Index(project, _levels - 1);

    /// <summary>The full path of a project.</summary>
    public string PathOf(int project) => _paths[project];

    public static string SlugOf(int project) => string.Create(CultureInfo.InvariantCulture, $"app{project}");

    private static int WidthOf(int level) => level == 0 ? Fan : Fan * Fan;

    private static long FirstOf(int level) => 1 + (level == 0 ? 0 : Fan + ((level - 1) * Fan * Fan));

    private static int Index(int project, int level) => project / (Projects / WidthOf(level));

    private static string GroupSlug(int level, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{(level == 0 ? "top" : level == 1 ? "sub" : "deep")}{index}");

    private IEnumerable<string> Slugs(int project) =>
        Enumerable.Range(0, _levels).Select(level => GroupSlug(level, Index(project, level))).Append(SlugOf(project));
}
