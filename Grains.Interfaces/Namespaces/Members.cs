using OrleansTokens.Operators;

namespace OrleansTokens.Namespaces;

/// <summary>What a member of a group or project may do there and, for groups, everywhere below. GitLab's numbers.</summary>
public enum AccessLevel
{
    /// <summary>Not a member.</summary>
    None = 0,

    /// <summary>Sees it.</summary>
    Guest = 10,

    /// <summary>Sees it.</summary>
    Planner = 15,

    /// <summary>Sees it.</summary>
    Reporter = 20,

    /// <summary>Makes projects in a group.</summary>
    Developer = 30,

    /// <summary>Changes projects, makes groups in a group, administers project tokens and members of projects.</summary>
    Maintainer = 40,

    /// <summary>Everything.</summary>
    Owner = 50,
}

/// <summary>A member of a group or project.</summary>
/// <param name="Operator">Who it is.</param>
/// <param name="Level">What the member may do.</param>
/// <param name="ExpiresAt">The first instant at which it is no member any more, or null for never.</param>
/// <param name="CreatedAt">When it became a member.</param>
/// <param name="CreatedBy">Who made it one.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.MemberView)]
public sealed record MemberView(
    [property: Id(0)] OperatorId Operator,
    [property: Id(1)] AccessLevel Level,
    [property: Id(2)] DateTimeOffset? ExpiresAt,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] OperatorId CreatedBy);

/// <summary>Who is to become a member.</summary>
/// <param name="Operator">Who it is.</param>
/// <param name="Level">What the member may do: not less than it may through a group above.</param>
/// <param name="ExpiresAt">The first instant at which it is no member any more, or null for never; not before today, in UTC.</param>
/// <param name="By">Who asks.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.AddMember)]
public sealed record AddMember(
    [property: Id(0)] OperatorId Operator,
    [property: Id(1)] AccessLevel Level,
    [property: Id(2)] DateTimeOffset? ExpiresAt,
    [property: Id(3)] OperatorId By);

/// <summary>What is to become of a member.</summary>
/// <param name="Operator">Who it is.</param>
/// <param name="Level">What the member may do from now on.</param>
/// <param name="ExpiresAt">The first instant at which it is no member any more, or null for never; not before today, in UTC. Looked at where
/// <paramref name="ChangesExpiry"/> is set.</param>
/// <param name="ChangesExpiry">Whether the end of the membership changes.</param>
/// <param name="By">Who asks.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ChangeMember)]
public sealed record ChangeMember(
    [property: Id(0)] OperatorId Operator,
    [property: Id(1)] AccessLevel Level,
    [property: Id(2)] DateTimeOffset? ExpiresAt,
    [property: Id(3)] bool ChangesExpiry,
    [property: Id(4)] OperatorId By);
