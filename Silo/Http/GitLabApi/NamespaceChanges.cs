using System.Text.RegularExpressions;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Changes that groups and projects have in common.</summary>
internal static partial class NamespaceChanges
{
    /// <summary>What a request to make a group or project asks for; or the refusal of its path or name.</summary>
    public static (CreateNamespace? Request, IResult? Refusal) ToCreate(
        ApiCall call, NamespaceKind kind, GroupId parent, string name, string path)
    {
        if (!Slug.TryParse(path, out var slug))
        {
            return (null, BadPath());
        }

        var request = new CreateNamespace(
            parent,
            slug,
            name,
            call.Arguments.Find(NamespaceParameters.Description) ?? string.Empty,
            NamespaceParameters.VisibilityOf(call.Arguments) ?? Visibility.Private,
            call.Caller.Id,
            FeatureParameters.Of(call.Arguments).ApplyTo(default));
        return name != path && BadName(name, kind) is { } bad ? (null, bad) : (request, null); // A path is a name as it is.
    }

    /// <summary>The path segment of something that is given a name only, as GitLab makes it.</summary>
    public static string PathOf(string name) => NotOfPath().Replace(name.ToLowerInvariant(), "-").Trim('-', '.');

    /// <summary>Changes what the request names; the refusal, or the new state.</summary>
    public static async Task<(NamespaceView? Changed, IResult? Refusal)> ChangeAsync(ApiCall call)
    {
        var arguments = call.Arguments;
        Slug? slug = null;
        if (arguments.Find(NamespaceParameters.Path) is { } path)
        {
            if (!Slug.TryParse(path, out var parsed))
            {
                return (null, BadPath());
            }

            slug = parsed;
        }

        // Names from before there was a rule for them are often sent back as they are.
        if (arguments.Find(NamespaceParameters.Name) is { } name && name != call.Target.Name
            && BadName(name, call.Target.Id.Kind) is { } bad)
        {
            return (null, bad);
        }

        var change = new ChangeNamespace(
            slug,
            arguments.Find(NamespaceParameters.Name),
            arguments.Find(NamespaceParameters.Description),
            NamespaceParameters.VisibilityOf(arguments),
            Archived: null,
            call.Caller.Id,
            FeatureParameters.Of(arguments),
            arguments.FindValue(NamespaceParameters.LeaseMilliseconds) is { } length ? TimeSpan.FromMilliseconds(length) : null);
        return (await call.Authority.ChangeNamespaceAsync(call.Target.Id, change, call.Aborted), null);
    }

    /// <summary>Archives, or brings back.</summary>
    public static Task<NamespaceView> ArchiveAsync(ApiCall call, bool archived) => call.Authority.ChangeNamespaceAsync(
        call.Target.Id, new ChangeNamespace(null, null, null, null, archived, call.Caller.Id), call.Aborted);

    /// <summary>Deletes. That somebody else was faster makes no difference to the caller.</summary>
    public static async Task<IResult> DeleteAsync(ApiCall call)
    {
        await call.Authority.DeleteNamespaceAsync(call.Target.Id, call.Caller.Id, call.Aborted);
        return GitLabErrors.Accepted;
    }

    private static IResult? BadName(string name, NamespaceKind kind) =>
        NamespaceNames.FaultOf(name, kind) is { } fault ? GitLabErrors.Field(NamespaceParameters.Name.Name, fault) : null;

    private static IResult BadPath() => GitLabErrors.Field(NamespaceParameters.Path.Name, Slug.Rule);

    [GeneratedRegex("[^a-z0-9_.]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotOfPath();
}
