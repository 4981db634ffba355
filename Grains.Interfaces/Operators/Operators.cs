namespace OrleansTokens.Operators;

/// <summary>The id of an operator: positive, never used again.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorId)]
public readonly record struct OperatorId([property: Id(0)] long Value)
{
    /// <summary>The operator that every installation has: its first administrator. It can be neither blocked nor made less.</summary>
    public static OperatorId First => new(1);

    /// <summary>Whether this is nobody.</summary>
    public bool IsNone => Value == 0;
}

/// <summary>Who an operator token stands for.</summary>
/// <param name="Id">The operator.</param>
/// <param name="Username">The operator's login.</param>
/// <param name="Name">The operator's name.</param>
/// <param name="IsAdministrator">Whether the operator may do everything everywhere.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorPrincipal)]
public sealed record OperatorPrincipal(
    [property: Id(0)] OperatorId Id,
    [property: Id(1)] string Username,
    [property: Id(2)] string Name,
    [property: Id(3)] bool IsAdministrator);
