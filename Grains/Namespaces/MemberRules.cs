using System.Collections.Immutable;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>What members of groups and projects may be. Pure.</summary>
internal static class MemberRules
{
    /// <summary>The members that a node begins with: a group has whoever made it for its owner.</summary>
    public static ImmutableArray<Member> First(NamespaceKind kind, CreateNamespace request, DateTimeOffset now) =>
        kind == NamespaceKind.Group && !request.Operator.IsNone
            ?
            [
                new Member
                {
                    OperatorId = request.Operator.Value, Level = AccessLevel.Owner, CreatedAt = now, CreatedBy = request.Operator.Value,
                },
            ]
            : [];

    /// <summary>A group that comes to the top leaves its inherited owners behind: where it has none of its own, whoever moves it is one.</summary>
    public static NamespaceState WithAnOwner(NamespaceState group, OperatorId mover, DateTimeOffset now)
    {
        if (mover.IsNone || group.Members.Any(m => m.Level == AccessLevel.Owner && m.IsAlive(now)))
        {
            return group;
        }

        var owner = new Member { OperatorId = mover.Value, Level = AccessLevel.Owner, CreatedAt = now, CreatedBy = mover.Value };
        var others = group.Members.Where(m => m.OperatorId != mover.Value);
        return group with
        {
            Members = [.. others.Append(owner).OrderBy(static m => m.OperatorId)],
            UntoldMembers = [.. group.UntoldMembers.Append(mover.Value).Distinct()],
        };
    }

    /// <summary>The level of somebody here and now, by the members of this very node.</summary>
    public static AccessLevel Level(ImmutableArray<Member> members, long operatorId, DateTimeOffset now) =>
        members.FirstOrDefault(m => m.OperatorId == operatorId && m.IsAlive(now))?.Level ?? AccessLevel.None;

    /// <summary>The members with one more, in order. One whose membership has ended makes room for a new one.</summary>
    public static ImmutableArray<Member> Add(ImmutableArray<Member> members, Member added, DateTimeOffset now)
    {
        if (added.OperatorId < 1)
        {
            throw TokenAuthorityException.Invalid("user_id", "is invalid");
        }

        if (members.FirstOrDefault(m => m.OperatorId == added.OperatorId) is { } already)
        {
            return already.IsAlive(now)
                ? throw new TokenAuthorityException(ErrorCode.AlreadyExists, "Member already exists", "user_id")
                : members.Replace(already, added);
        }

        if (members.Length >= Limits.MaxMembers)
        {
            throw new TokenAuthorityException(
                ErrorCode.LimitExceeded, $"A group or project has {Limits.MaxMembers} members of its own at most.", "user_id");
        }

        var at = members.Count(m => m.OperatorId < added.OperatorId);
        return members.Insert(at, added);
    }

    /// <summary>A level there is, and not less than the member has through a group above.</summary>
    public static void CheckLevel(AccessLevel level, AccessLevel inherited)
    {
        if (level == AccessLevel.None || !Enum.IsDefined(level))
        {
            throw TokenAuthorityException.Invalid("access_level", "does not have a valid value");
        }

        if (level < inherited)
        {
            throw TokenAuthorityException.Invalid(
                "access_level", $"should be greater than or equal to {inherited} inherited membership from a group above");
        }
    }

    /// <summary>A membership ends today or later. As at GitLab, one that ends today has ended.</summary>
    public static void CheckEnd(DateTimeOffset? end, DateTimeOffset now)
    {
        if (end is { } given && given.UtcDateTime.Date < now.UtcDateTime.Date)
        {
            throw TokenAuthorityException.Invalid("expires_at", "cannot be a date in the past");
        }
    }

    /// <summary>
    /// A group that has an owner keeps one: of its own, or of a group above. (A group that an administrator took everybody from has none,
    /// and a project may be without.)
    /// </summary>
    public static void CheckOwnersLeft(
        ImmutableArray<Member> before, ImmutableArray<Member> after, IEnumerable<MemberView> inherited, DateTimeOffset now)
    {
        if (HasOwner(before) && !HasOwner(after) && !inherited.Any(static m => m.Level == AccessLevel.Owner))
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, "The group would be left without an owner.", "user_id");
        }

        // An end in the future is no loss yet: it was agreed to.
        bool HasOwner(ImmutableArray<Member> members) => members.Any(m => m.Level == AccessLevel.Owner && m.IsAlive(now));
    }

    /// <summary>Each member once, at its highest level; of equals the nearest.</summary>
    public static ImmutableArray<MemberView> Merge(IEnumerable<MemberView> own, IEnumerable<MemberView> above) =>
    [
        .. own.Concat(above).GroupBy(static m => m.Operator)
            .Select(static same => same.MaxBy(static m => m.Level)!)
            .OrderBy(static m => m.Operator.Value),
    ];
}
