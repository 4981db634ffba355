using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>A group, for what is being moved out of it. Not part of what clients can call. Keyed by the group's id.</summary>
[Alias("ot.ITokenRevocationsGrain")]
internal interface ITokenRevocationsGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The revocations of all tokens held at or below the group and each group above it, also where they have been deleted. Asks upward
    /// only.
    /// </summary>
    /// <param name="below">How many nodes are below, as for <see cref="INamespaceGrain.GetLineageAsync"/>.</param>
    [AlwaysInterleave, Alias("GetTokenRevocations")]
    ValueTask<ImmutableArray<SubtreeRevocation>> GetTokenRevocationsAsync(int below);
}
