using System.Collections.Immutable;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>What a node remembers of revocations of all tokens held at or below a node. Pure.</summary>
internal static class TokenRevocationRules
{
    /// <summary>What is remembered after one more revocation of a node's own, which comes first.</summary>
    public static ImmutableArray<StoredSubtreeRevocation> Revoke(
        ImmutableArray<StoredSubtreeRevocation> known, NamespaceId node, DateTimeOffset now, OperatorId by, string reason)
    {
        var last = known.FirstOrDefault(r => r.Node == node);
        var own = new SubtreeRevocation(
            node, (last?.Generation ?? 0) + 1, last is not null && last.At > now ? last.At : now, by, reason);

        // What the others kill that are no newer was issued before this one, and is killed by it.
        return [StoredSubtreeRevocation.Of(own), .. known.Where(r => r.Node != node && r.At > own.At)];
    }

    /// <summary>What is remembered together with others: of each node the latest.</summary>
    public static ImmutableArray<StoredSubtreeRevocation> Merge(
        ImmutableArray<StoredSubtreeRevocation> known, ImmutableArray<SubtreeRevocation> others)
    {
        foreach (var other in others)
        {
            var same = known.FirstOrDefault(r => r.Node == other.Node);
            known = same is null ? known.Add(StoredSubtreeRevocation.Of(other))
                : same.Generation < other.Generation ? known.Replace(same, StoredSubtreeRevocation.Of(other))
                : known;
        }

        return known;
    }

    /// <summary>Refuses a move after which a node would have to remember too many.</summary>
    public static void CheckCount(ImmutableArray<StoredSubtreeRevocation> known, ImmutableArray<SubtreeRevocation> left)
    {
        if (Merge(known, left).Length > Limits.MaxTokenRevocations)
        {
            throw new TokenAuthorityException(
                ErrorCode.LimitExceeded,
                "It was moved out of too many groups whose deploy tokens had been revoked. Revoke all of its own deploy tokens first.");
        }
    }
}
