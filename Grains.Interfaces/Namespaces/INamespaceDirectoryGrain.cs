using System.Collections.Immutable;
using Orleans.Concurrency;

namespace OrleansTokens.Namespaces;

/// <summary>Where a path leads.</summary>
/// <param name="Target">The group or project; none where the path leads nowhere.</param>
/// <param name="Redirected">Whether an old name was used on the way.</param>
/// <param name="Segments">How many segments of the path were used. Fewer than it has where a project was met on the way: the rest is
/// for others to interpret (an image name, for example).</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ResolvedPath)]
public readonly record struct ResolvedPath(
    [property: Id(0)] NamespaceId Target,
    [property: Id(1)] bool Redirected,
    [property: Id(2)] int Segments);

/// <summary>How a list is sorted.</summary>
public enum NamespaceOrder
{
    /// <summary>By id.</summary>
    Id = 0,

    /// <summary>By name.</summary>
    Name = 1,

    /// <summary>By path segment.</summary>
    Path = 2,

    /// <summary>By the time of creation.</summary>
    CreatedAt = 3,
}

/// <summary>
/// Who reads a list, and so sees only what is visible: where the reader is a member, or of a group above; and what is visible enough,
/// together with every group above it.
/// </summary>
/// <param name="Operator">The reader; none for somebody without a credential.</param>
/// <param name="Sees">The least visibility that the reader sees without being a member; null where only memberships count.</param>
/// <param name="Minimum">The least access level with which a membership counts.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ListReader)]
public sealed record ListReader(
    [property: Id(0)] Operators.OperatorId Operator,
    [property: Id(1)] Visibility? Sees,
    [property: Id(2)] AccessLevel Minimum);

/// <summary>Which groups or projects are asked for.</summary>
/// <param name="Kind">Groups or projects.</param>
/// <param name="Parent">Only those directly in this group.</param>
/// <param name="Subtree">Only those in this group at any depth.</param>
/// <param name="TopLevelOnly">Only those in no group.</param>
/// <param name="Search">Only those whose name or path segment contains this, without regard to case.</param>
/// <param name="Order">How the list is sorted.</param>
/// <param name="Descending">Whether the other way round.</param>
/// <param name="Offset">How many to leave out at the beginning: 0 or more.</param>
/// <param name="Limit">How many at most: 1 to <see cref="Limits.MaxPageSize"/>.</param>
/// <param name="Reader">Only what is visible to this reader; null for all.</param>
/// <param name="Visibility">Only those of this visibility of their own, whatever that of the groups above; null for any.</param>
/// <param name="Archived">Only those that are archived themselves, or that are not; null for both.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ListNamespaces)]
public sealed record ListNamespaces(
    [property: Id(0)] NamespaceKind Kind,
    [property: Id(1)] GroupId? Parent,
    [property: Id(2)] GroupId? Subtree,
    [property: Id(3)] bool TopLevelOnly,
    [property: Id(4)] string? Search,
    [property: Id(5)] NamespaceOrder Order,
    [property: Id(6)] bool Descending,
    [property: Id(7)] int Offset,
    [property: Id(8)] int Limit,
    [property: Id(9)] ListReader? Reader = null,
    [property: Id(10)] Visibility? Visibility = null,
    [property: Id(11)] bool? Archived = null);

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Total">How many the whole list has.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.NamespacePage)]
public sealed record NamespacePage([property: Id(0)] ImmutableArray<NamespaceView> Items, [property: Id(1)] long Total);

/// <summary>Finds and makes groups and projects. Stateless; key 0.</summary>
[Alias(WireAliases.INamespaceDirectoryGrain)]
public interface INamespaceDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Walks a path down the tree. It says where names lead, not whether what they lead to still exists.</summary>
    [AlwaysInterleave, Alias("Resolve")]
    ValueTask<ResolvedPath> ResolveAsync(NamespacePath path);

    /// <summary>Makes a group under a new id. See <see cref="INamespaceGrain.CreateAsync"/>.</summary>
    [Alias("CreateGroup")]
    Task<NamespaceView> CreateGroupAsync(CreateNamespace request);

    /// <summary>Makes a project under a new id. See <see cref="INamespaceGrain.CreateAsync"/>.</summary>
    [Alias("CreateProject")]
    Task<NamespaceView> CreateProjectAsync(CreateNamespace request);

    /// <summary>Moves a group or project. See <see cref="INamespaceGrain.TransferAsync"/>.</summary>
    [Alias("Transfer")]
    Task<NamespaceView> TransferAsync(NamespaceId node, GroupId parent, Operators.OperatorId by);

    /// <summary>A page of groups or projects, from the index; each item is told by its own grain.</summary>
    [Alias("List")]
    Task<NamespacePage> ListAsync(ListNamespaces query);
}
