using System.Buffers;
using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>What a deploy token may be (reference §1.1 to §1.3). Pure.</summary>
internal static class DeployTokenRules
{
    /// <summary>The login of job tokens, which no ban is for (reference §3.8): a token of this name could be guessed at without end.</summary>
    private const string JobLogin = "gitlab-ci-token";

    private static readonly SearchValues<char> UsernameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+.");

    /// <summary>Throws with everything that is wrong, in GitLab's order.</summary>
    public static void Check(IssueDeployToken request)
    {
        if (request.Holder.IsNone)
        {
            throw TokenAuthorityException.Invalid("holder", "is neither a group nor a project");
        }

        var faults = ImmutableArray.CreateBuilder<ArgumentFault>();
        if (request.Scopes == DeployTokenScopes.None || (request.Scopes & ~ScopeNames.All) != 0)
        {
            faults.Add(new ArgumentFault("scopes", "can't be blank"));
        }

        if (TextLength.IsOver(request.Name, Limits.MaxNameLength))
        {
            faults.Add(new ArgumentFault("name", TextLength.Complaint(Limits.MaxNameLength)));
        }

        var username = request.Username ?? "";
        if (TextLength.IsOver(username, Limits.MaxNameLength))
        {
            faults.Add(new ArgumentFault("username", TextLength.Complaint(Limits.MaxNameLength)));
        }

        if (username.AsSpan().ContainsAnyExcept(UsernameCharacters))
        {
            faults.Add(new ArgumentFault("username", "can contain only letters, digits, '_', '-', '+', and '.'"));
        }

        if (username.Equals(JobLogin, StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(new ArgumentFault("username", "is reserved"));
        }

        if (faults.Count > 0)
        {
            throw TokenAuthorityException.Invalid(faults.ToImmutable());
        }
    }

    public static void CheckReason(string reason)
    {
        if (TextLength.IsOver(reason, Limits.MaxReasonLength))
        {
            throw TokenAuthorityException.Invalid("reason", TextLength.Complaint(Limits.MaxReasonLength));
        }
    }

    /// <summary>Where a CI job's token is looked for, in this order: its project, and the group directly above; all groups above only where
    /// a setting says so (reference §4).</summary>
    public static IEnumerable<NamespaceId> HoldersForJobs(Lineage project, bool ofAncestors) =>
        project.Nodes.Take(ofAncestors ? project.Nodes.Length : 2).Select(static n => n.Id);
}
