using OrleansTokens.DeployTokens;
using OrleansTokens.Operators;

namespace OrleansTokens.Namespaces;

/// <summary>The durable fact that every deploy token held at or below a group or project was revoked, however many there were.</summary>
/// <param name="Node">The group or project.</param>
/// <param name="Generation">The how many-eth this is of the node: from 1, one more each time. What is issued there later knows it.</param>
/// <param name="At">When, by the clock of the silo that wrote it; never before an earlier one of the same node.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, as the operator put it; may be empty.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.SubtreeRevocation)]
public sealed record SubtreeRevocation(
    [property: Id(0)] NamespaceId Node,
    [property: Id(1)] long Generation,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] OperatorId By,
    [property: Id(4)] string Reason)
{
    /// <summary>The same, as the revocation of one token.</summary>
    public Revocation AsRevocation => new(At, By, Reason);
}

/// <summary>What revoking all deploy tokens of a group or project says.</summary>
/// <param name="Revocation">What was written: a new one with each call.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.SubtreeRevocationReceipt)]
public sealed record SubtreeRevocationReceipt([property: Id(0)] SubtreeRevocation Revocation)
{
    /// <summary>For how long, from the answer on, somebody may still go by what was before.</summary>
    [Id(1)]
    public TimeSpan Settling { get; init; }
}
