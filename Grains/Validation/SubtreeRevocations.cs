using System.Collections.Immutable;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Validation;

/// <summary>The one rule by which a token is dead because all tokens at or below a group or project were revoked. Pure.</summary>
internal static class SubtreeRevocations
{
    /// <summary>
    /// By how much the clocks of two silos may differ. Clocks matter little: what is issued at or below a node after a revocation has
    /// recorded it, whatever the time. They matter for tokens that were issued elsewhere and came below the node by a transfer; those
    /// are taken for older than the revocation unless they are certainly newer.
    /// </summary>
    public static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The revocation that a token is dead by, the earliest where there are several; null where there is none.
    /// </summary>
    /// <param name="holder">The token's holder.</param>
    /// <param name="createdAt">When the token was issued.</param>
    /// <param name="issuedUnder">What it recorded then.</param>
    /// <param name="lineage">A lineage that leads through the holder; what is below the holder does not matter.</param>
    public static SubtreeRevocation? Of(
        NamespaceId holder, DateTimeOffset createdAt, ImmutableArray<IssuedUnder> issuedUnder, Lineage lineage)
    {
        SubtreeRevocation? earliest = null;
        var isBelow = true;
        foreach (var node in lineage.Nodes)
        {
            isBelow &= node.Id != holder;
            if (isBelow)
            {
                continue;
            }

            foreach (var revocation in node.TokenRevocations)
            {
                if (Recorded(issuedUnder, revocation.Node) < revocation.Generation
                    && createdAt < revocation.At + ClockDifference
                    && (earliest is null || revocation.At < earliest.At))
                {
                    earliest = revocation;
                }
            }
        }

        return earliest;
    }

    /// <summary>What a token records that is issued by the node of this lineage: the revocations that it is not subject to.</summary>
    public static ImmutableArray<IssuedUnder> ToRecord(Lineage lineage) =>
    [
        .. lineage.Nodes.SelectMany(static node => node.TokenRevocations)
            .GroupBy(static r => r.Node)
            .Select(static of => new IssuedUnder { NodeKind = of.Key.Kind, NodeId = of.Key.Value, Generation = of.Max(static r => r.Generation) }),
    ];

    private static long Recorded(ImmutableArray<IssuedUnder> issuedUnder, NamespaceId node)
    {
        foreach (var recorded in issuedUnder)
        {
            if (recorded.NodeKind == node.Kind && recorded.NodeId == node.Value)
            {
                return recorded.Generation;
            }
        }

        return 0;
    }
}
