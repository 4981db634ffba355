using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Validation;

/// <summary>What a caller shows: a secret, and the username that must go with it where the surface checks one.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.Credential)]
public sealed class Credential
{
    private Credential(Secret secret, string? username)
    {
        Secret = secret;
        Username = username;
    }

    /// <summary>The secret: the whole token as the user pastes it.</summary>
    [Id(0)]
    public Secret Secret { get; private init; }

    /// <summary>The username shown; null where the surface does not check one.</summary>
    [Id(1)]
    public string? Username { get; private init; }

    /// <summary>Username and secret, both of which must match (git, container registry: reference §3.1 path A). An absent username is
    /// the empty one, and matches no token.</summary>
    public static Credential WithUsername(string? username, Secret secret) => new(secret, username ?? "");

    /// <summary>A secret alone (package registries: reference §3.1 path B).</summary>
    public static Credential SecretOnly(Secret secret) => new(secret, null);

    /// <summary>Shows neither part: usernames of failed attempts may be pasted secrets.</summary>
    public override string ToString() => "[credential]";
}

/// <summary>
/// What an action is aimed at: a project by id, or by a path that leads to it or, for images, to something in it
/// (<c>acme/api/worker</c> is an image of <c>acme/api</c>); or a group, by id or path. Default is no resource.
/// </summary>
[GenerateSerializer, Immutable, Alias(WireAliases.Resource)]
public readonly record struct Resource
{
    private Resource(NamespaceKind kind, ProjectId project, GroupId group, NamespacePath path, bool prefix)
    {
        Project = project;
        Path = path;
        LongestPrefix = prefix;
        Group = group;
        IsGroup = kind == NamespaceKind.Group;
    }

    /// <summary>The project, where it was named by id.</summary>
    [Id(0)]
    public ProjectId Project { get; private init; }

    /// <summary>The path, where it was named by path.</summary>
    [Id(1)]
    public NamespacePath Path { get; private init; }

    /// <summary>Whether the path may lead on below the project.</summary>
    [Id(2)]
    public bool LongestPrefix { get; private init; }

    /// <summary>The group, where one was named by id.</summary>
    [Id(3)]
    public GroupId Group { get; private init; }

    /// <summary>Whether it is a group; otherwise, unless there is no resource, a project.</summary>
    [Id(4)]
    public bool IsGroup { get; private init; }

    /// <summary>Whether there is no resource.</summary>
    public bool IsNone => Project.IsNone && Group.IsNone && Path.IsNone;

    /// <summary>The project of this id.</summary>
    public static Resource Of(ProjectId project) => new(NamespaceKind.Project, project, default, default, false);

    /// <summary>The project at exactly this path.</summary>
    public static Resource At(NamespacePath path) => new(NamespaceKind.Project, default, default, path, false);

    /// <summary>The project at this path, or the one whose path is its longest prefix (reference §3.4).</summary>
    public static Resource Within(NamespacePath path) => new(NamespaceKind.Project, default, default, path, true);

    /// <summary>The group of this id.</summary>
    public static Resource Of(GroupId group) => new(NamespaceKind.Group, default, group, default, false);

    /// <summary>The group at exactly this path.</summary>
    public static Resource GroupAt(NamespacePath path) => new(NamespaceKind.Group, default, default, path, false);
}

/// <summary>One thing that a caller wants to do.</summary>
/// <param name="Action">What.</param>
/// <param name="Resource">Where; none for actions at no particular resource.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Question)]
public readonly record struct Question([property: Id(0)] RegistryAction Action, [property: Id(1)] Resource Resource);

/// <summary>Questions about one credential.</summary>
/// <param name="Credential">What the caller showed.</param>
/// <param name="Questions">1 to <see cref="Limits.MaxQuestions"/>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ValidationRequest)]
public sealed record ValidationRequest(
    [property: Id(0)] Credential Credential,
    [property: Id(1)] ImmutableArray<Question> Questions)
{
    /// <summary>Who wants to keep the answer, and can be told when it is not true any more; null: it is used once.</summary>
    [Id(2)]
    public ILeaseObserver? Lessee { get; init; }

    /// <summary>Whether the asker still has an answer, and rather waits a little for one that can be kept for long.</summary>
    [Id(3)]
    public bool Renewal { get; init; }
}

/// <summary>The decisions.</summary>
/// <param name="Decisions">One for each question, in their order.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ValidationAnswer)]
public sealed record ValidationAnswer([property: Id(0)] ImmutableArray<Decision> Decisions)
{
    /// <summary>
    /// For how long the decisions may be used, counted by the asker's own clock from when it sent the question; zero: once, and not kept.
    /// </summary>
    [Id(1)]
    public TimeSpan UsableFor { get; init; }

    /// <summary>The epoch of the token's record that they rest on; see <see cref="ILeaseObserver"/>.</summary>
    [Id(2)]
    public long Epoch { get; init; }
}

/// <summary>What an operator wants explained.</summary>
/// <param name="Credential">What was shown; null: the token itself is asked about, and its secret and username are taken as right.</param>
/// <param name="Question">What was wanted.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ExplainRequest)]
public sealed record ExplainRequest([property: Id(0)] Credential? Credential, [property: Id(1)] Question Question);

/// <summary>A decision with what it rests on.</summary>
/// <param name="Token">The token that was asked about; null where the credential leads to none.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Facts">What was looked at, in order; the last one settled it.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Explanation)]
public sealed record Explanation(
    [property: Id(0)] DeployTokenView? Token,
    [property: Id(1)] Decision Decision,
    [property: Id(2)] ImmutableArray<DecisionFact> Facts);

/// <summary>One thing that a decision looked at.</summary>
/// <param name="Check">What was looked at, for example <c>expiry</c>.</param>
/// <param name="Passed">Whether it speaks for allowing.</param>
/// <param name="Detail">What was found. Never a secret, digest or presented username.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.DecisionFact)]
public sealed record DecisionFact(
    [property: Id(0)] string Check,
    [property: Id(1)] bool Passed,
    [property: Id(2)] string Detail);
