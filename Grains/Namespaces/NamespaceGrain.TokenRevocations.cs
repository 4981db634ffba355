using System.Collections.Immutable;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>How all tokens held at or below a node are revoked at once.</summary>
/// <remarks>
/// The node's own record says so, and whoever decides about a token finds it in the lineage of its holder. What is moved out of a group
/// takes the revocations of the group along, so that no token comes alive by a move: at the end of the move, after its new place was
/// written, so that none is missed that is made meanwhile. Until then the group that it has left is asked whenever its lineage is.
/// </remarks>
internal abstract partial class NamespaceGrain
{
    public async Task<SubtreeRevocationReceipt> RevokeTokensAsync(OperatorId by, string reason)
    {
        DeployTokenRules.CheckReason(reason);
        await ExistingAsync();
        var revocations = TokenRevocationRules.Revoke(State.TokenRevocations, Id, _time.GetUtcNow(), by, reason);
        await _state.WriteAsync(State with { TokenRevocations = revocations, Epoch = State.Epoch + 1 });
        LogTokensRevoked(Id, revocations[0].Generation, by.Value);
        return new SubtreeRevocationReceipt(revocations[0].Value) { Settling = _state.Settling };
    }

    public async ValueTask<ImmutableArray<SubtreeRevocation>> GetTokenRevocationsAsync(int below)
    {
        if (below >= GridIndexRules.MaxGroupHeight)
        {
            return []; // A ring, which half-applied moves can form: all of it was asked.
        }

        // Asked during a move only, and all that is known by now must be told.
        await _state.ConfirmAsync(_facts.Within(TimeSpan.Zero));

        // As for the lineage: the parent may change while it is asked.
        var (parent, handover) = (State.Parent, State.Handover);
        var above = await RevocationsOfAsync(parent, below + 1);
        var left = await LeftBehindAsync(below);
        return State.Parent == parent && State.Handover == handover
            ? [.. State.TokenRevocations.Select(static r => r.Value), .. left, .. above]
            : await GetTokenRevocationsAsync(below);
    }

    /// <summary>What a move that has not ended must take along of the group that it has left; nothing where there is no such move.</summary>
    private ValueTask<ImmutableArray<SubtreeRevocation>> LeftBehindAsync(int below) =>
        State.Handover is { } handover && IsMoved(handover) && handover.OldParent != handover.NewParent
            ? RevocationsOfAsync(handover.OldParent, below + 1)
            : ValueTask.FromResult(ImmutableArray<SubtreeRevocation>.Empty);

    private ValueTask<ImmutableArray<SubtreeRevocation>> RevocationsOfAsync(long group, int below) => group == 0
        ? ValueTask.FromResult(ImmutableArray<SubtreeRevocation>.Empty)
        : GrainFactory.GetGrain<ITokenRevocationsGrain>(group).GetTokenRevocationsAsync(below);
}
