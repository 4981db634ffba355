using OrleansTokens.Namespaces;

namespace OrleansTokens.Histories.Checking;

/// <summary>What an administrator does, or time.</summary>
internal enum OperationKind
{
    Issue,
    Revoke,
    Destroy,

    /// <summary>All tokens held at or below a node are revoked.</summary>
    RevokeAll,

    /// <summary>Time does it: the token is past its end.</summary>
    Expire,
    Transfer,
    Archive,
    Unarchive,
    ChangeVisibility,
    Delete,
}

/// <summary>One change of a history.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Target">The token or node it is done to.</param>
/// <param name="Parent">Where a node is moved to.</param>
/// <param name="Visibility">What the visibility is changed to.</param>
internal sealed record Operation(OperationKind Kind, string Target, string? Parent = null, Visibility Visibility = Visibility.Private)
{
    /// <summary>The world after it.</summary>
    public World Apply(World world) => Kind switch
    {
        OperationKind.Issue => world.With(world.Tokens[Target] with { Issued = true }),
        OperationKind.Revoke or OperationKind.Destroy or OperationKind.Expire =>
            world.With(world.Tokens[Target] with { Ended = true }),
        OperationKind.RevokeAll => world.Tokens.Values
            .Where(token => token.Issued && world.IsWithin(token.Holder, Target))
            .Aggregate(world, static (after, token) => after.With(token with { Ended = true })),
        OperationKind.Transfer => world.With(world.Nodes[Target] with { Parent = Parent, Moved = true }),
        OperationKind.Archive => world.With(world.Nodes[Target] with { Archived = true }),
        OperationKind.Unarchive => world.With(world.Nodes[Target] with { Archived = false }),
        OperationKind.ChangeVisibility => world.With(world.Nodes[Target] with { Visibility = Visibility }),
        OperationKind.Delete => world.With(world.Nodes[Target] with { Deleted = true }),
        _ => throw new InvalidOperationException($"{Kind} is no operation."),
    };

    public override string ToString() => Kind switch
    {
        OperationKind.Transfer => $"Transfer {Target} into {Parent}",
        OperationKind.ChangeVisibility => $"ChangeVisibility of {Target} to {Visibility}",
        OperationKind.RevokeAll => $"RevokeAll at or below {Target}",
        _ => $"{Kind} {Target}",
    };
}
