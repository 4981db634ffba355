using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>Moves groups one at a time, so that two moves cannot together put each group below the other. Key 0.</summary>
[Alias("ot.IGroupTransferGrain")]
internal interface IGroupTransferGrain : IGrainWithIntegerKey
{
    /// <summary>See <see cref="INamespaceGrain.TransferAsync"/>.</summary>
    [Alias("Transfer")]
    Task<NamespaceView> TransferAsync(GroupId group, GroupId parent, OperatorId by);
}

/// <inheritdoc cref="IGroupTransferGrain"/>
/// <remarks>
/// A move whose end is not known may still come about. It only changes what is above its own group; so a later move can close a ring
/// with it only where its destination lies in that group. Such a move waits until the earlier one has ended; all others go on, even where the
/// group of the earlier one cannot be read any more.
/// </remarks>
[GrainType("group-transfer")]
internal sealed class GroupTransferGrain : Grain, IGroupTransferGrain
{
    private readonly HashSet<GroupId> _unsettled = [];

    public async Task<NamespaceView> TransferAsync(GroupId group, GroupId parent, OperatorId by)
    {
        await SettleAboveAsync(parent);
        _unsettled.Add(group);
        try
        {
            var moved = await Group(group).TransferAsync(parent, by);
            _unsettled.Remove(group);
            return moved;
        }
        catch (TokenAuthorityException refusal) when (refusal.Code != ErrorCode.Unavailable)
        {
            _unsettled.Remove(group); // It said itself that it does not move.
            throw;
        }
    }

    /// <summary>Has every move ended whose end is not known, and whose group the destination lies in.</summary>
    private async Task SettleAboveAsync(GroupId parent)
    {
        if (parent.IsNone || _unsettled.Count == 0 || await Group(parent).GetLineageAsync(below: 0) is not { } lineage)
        {
            return;
        }

        foreach (var node in lineage.Nodes.Where(node => _unsettled.Contains(node.Id.AsGroup)))
        {
            await Group(node.Id.AsGroup).ReindexAsync(); // Answers after the move has ended.
            _unsettled.Remove(node.Id.AsGroup);
        }
    }

    private IGroupGrain Group(GroupId id) => GrainFactory.GetGrain<IGroupGrain>(id.Value);
}
