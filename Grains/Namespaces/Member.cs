using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>A member of a group or project, as stored.</summary>
internal sealed record Member
{
    public long OperatorId { get; init; }

    public AccessLevel Level { get; init; }

    /// <summary>The first instant at which it is no member any more; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public long CreatedBy { get; init; }

    public bool IsAlive(DateTimeOffset now) => ExpiresAt is not { } end || now < end;

    public MemberView View() => new(new OperatorId(OperatorId), Level, ExpiresAt, CreatedAt, new OperatorId(CreatedBy));

    /// <summary>The member as the index knows it.</summary>
    public MemberRow Row(NamespaceId node, long epoch, bool deleted = false) =>
        new(node.Kind, node.Value, OperatorId, (int)Level, ExpiresAt, deleted, Math.Max(epoch, 1));
}
