using System.Collections.Immutable;

namespace OrleansTokens.Namespaces;

/// <summary>What a decision needs to know of one group or project.</summary>
/// <param name="Id">The node.</param>
/// <param name="Slug">Its segment of the path.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Visibility">Its own visibility; what counts is <see cref="Lineage.Visibility"/>.</param>
/// <param name="Archived">Whether it is archived itself; what counts is <see cref="Lineage.Archived"/>.</param>
/// <param name="Epoch">Grows with every change of the node.</param>
/// <param name="Features">The features of a project; of no meaning for groups.</param>
/// <param name="IsPersonal">Whether it is the personal namespace of an operator.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.LineageNode)]
public sealed record LineageNode(
    [property: Id(0)] NamespaceId Id,
    [property: Id(1)] Slug Slug,
    [property: Id(2)] string Name,
    [property: Id(3)] Visibility Visibility,
    [property: Id(4)] bool Archived,
    [property: Id(5)] long Epoch,
    [property: Id(6)] ProjectFeatures Features = default,
    [property: Id(7)] bool IsPersonal = false)
{
    /// <summary>
    /// The latest revocation of all deploy tokens held at or below the node, and that of every group the node was moved out of: its
    /// tokens do not come alive by a move. At most one for each node; usually none.
    /// </summary>
    [Id(8)]
    public ImmutableArray<SubtreeRevocation> TokenRevocations { get => field.IsDefault ? [] : field; init; }

    /// <summary>How old what a decision rests on may become, at most; null where the node does not say. What counts is
    /// <see cref="Lineage.LeaseLength"/>.</summary>
    [Id(9)]
    public TimeSpan? LeaseLength { get; init; }
}

/// <summary>
/// A node and the groups above it, up to the top-level group. It exists only where every node of it does: below a deleted group there
/// is no lineage, and so no decision that allows anything.
/// </summary>
/// <param name="Nodes">The node itself first, the top-level group last; 1 to <see cref="Limits.MaxPathSegments"/> nodes.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Lineage)]
public sealed record Lineage([property: Id(0)] ImmutableArray<LineageNode> Nodes)
{
    /// <summary>The node whose lineage this is.</summary>
    public LineageNode Node => Nodes[0];

    /// <summary>The top-level group.</summary>
    public LineageNode Root => Nodes[^1];

    /// <summary>Whether the node or any group above it is archived.</summary>
    public bool Archived
    {
        get
        {
            var archived = false;
            foreach (var node in Nodes)
            {
                archived |= node.Archived;
            }

            return archived;
        }
    }

    /// <summary>The least visible of all its nodes: something public below something private is private.</summary>
    public Visibility Visibility
    {
        get
        {
            var least = Nodes[0].Visibility;
            foreach (var node in Nodes)
            {
                least = node.Visibility < least ? node.Visibility : least;
            }

            return least;
        }
    }

    /// <summary>How old what a decision about the node rests on may become: the shortest of what its nodes say; null where none says
    /// anything.</summary>
    public TimeSpan? LeaseLength
    {
        get
        {
            TimeSpan? shortest = null;
            foreach (var node in Nodes)
            {
                shortest = node.LeaseLength is { } own && !(own > shortest) ? own : shortest;
            }

            return shortest;
        }
    }

    /// <summary>The full path, as its nodes are called now.</summary>
    public string FullPath
    {
        get
        {
            var segments = new string[Nodes.Length];
            for (var i = 0; i < segments.Length; i++)
            {
                segments[i] = Nodes[^(i + 1)].Slug.ToString();
            }

            return string.Join('/', segments);
        }
    }

    /// <summary>The names from the top down, joined by <c> / </c>.</summary>
    public string FullName => string.Join(" / ", Nodes.Reverse().Select(static n => n.Name));

    /// <summary>Whether <paramref name="holder"/> is the node itself or a group above it (reference §3.2, <c>has_access_to?</c>).</summary>
    public bool IsWithin(NamespaceId holder) => !holder.IsNone && Has(holder);

    private bool Has(NamespaceId id)
    {
        foreach (var node in Nodes)
        {
            if (node.Id == id)
            {
                return true;
            }
        }

        return false;
    }
}
