using System.Collections.Immutable;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Operators;

/// <summary>An operator as administrators and the API see it.</summary>
/// <param name="Id">The operator.</param>
/// <param name="Username">The login: a path segment that no group and no other operator has.</param>
/// <param name="Name">What people call the operator.</param>
/// <param name="Email">Where people reach the operator; nothing is sent there.</param>
/// <param name="IsAdministrator">Whether the operator may do everything everywhere.</param>
/// <param name="IsBlocked">Whether every token of the operator is refused.</param>
/// <param name="CreatedAt">When the operator was entered.</param>
/// <param name="PersonalNamespace">Where the operator's own projects are; none before there is one.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorView)]
public sealed record OperatorView(
    [property: Id(0)] OperatorId Id,
    [property: Id(1)] string Username,
    [property: Id(2)] string Name,
    [property: Id(3)] string Email,
    [property: Id(4)] bool IsAdministrator,
    [property: Id(5)] bool IsBlocked,
    [property: Id(6)] DateTimeOffset CreatedAt,
    [property: Id(7)] GroupId PersonalNamespace)
{
    /// <summary>In the answer to a change that takes a path away, or takes one that led elsewhere: for how long, from the answer on, somebody
    /// may still go by what was before. Otherwise zero.</summary>
    [Id(8)]
    public TimeSpan Settling { get; init; }

    /// <summary>What a token of the operator stands for.</summary>
    public OperatorPrincipal Principal => new(Id, Username, Name, IsAdministrator);
}

/// <summary>What a new operator is to be.</summary>
/// <param name="Username">A <see cref="Slug"/> that no group and no other operator has.</param>
/// <param name="Name">1 to <see cref="Limits.MaxNameLength"/> characters.</param>
/// <param name="Email">An address, at most <see cref="Limits.MaxNameLength"/> characters; may be empty.</param>
/// <param name="IsAdministrator">Whether the operator may do everything everywhere.</param>
/// <param name="By">Who asks; none where the operator was let in by an identity provider.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.CreateOperator)]
public sealed record CreateOperator(
    [property: Id(0)] string Username,
    [property: Id(1)] string Name,
    [property: Id(2)] string Email,
    [property: Id(3)] bool IsAdministrator,
    [property: Id(4)] OperatorId By);

/// <summary>What is to change of an operator; what is null stays as it is.</summary>
/// <param name="Username">A new login. The personal namespace goes by it too, and leaves a redirect.</param>
/// <param name="Name">A new name.</param>
/// <param name="Email">A new address.</param>
/// <param name="IsAdministrator">Whether the operator may do everything everywhere.</param>
/// <param name="IsBlocked">Whether every token of the operator is refused.</param>
/// <param name="By">Who asks.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ChangeOperator)]
public sealed record ChangeOperator(
    [property: Id(0)] string? Username,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? Email,
    [property: Id(3)] bool? IsAdministrator,
    [property: Id(4)] bool? IsBlocked,
    [property: Id(5)] OperatorId By);

/// <summary>Which operators are asked for.</summary>
/// <param name="Search">Only those whose name or username contains this, in any case, or whose address does where
/// <paramref name="SearchEmails"/> is set.</param>
/// <param name="SearchEmails">Whether addresses are searched too.</param>
/// <param name="Username">Only the one with this username, in any case.</param>
/// <param name="Blocked">Only those that are blocked, or that are not.</param>
/// <param name="AdministratorsOnly">Only administrators.</param>
/// <param name="Descending">Whether the greatest id comes first.</param>
/// <param name="Offset">How many to leave out at the beginning: 0 or more.</param>
/// <param name="Limit">How many at most: 1 to <see cref="Limits.MaxPageSize"/>.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ListOperators)]
public sealed record ListOperators(
    [property: Id(0)] string? Search,
    [property: Id(1)] bool SearchEmails,
    [property: Id(2)] string? Username,
    [property: Id(3)] bool? Blocked,
    [property: Id(4)] bool AdministratorsOnly,
    [property: Id(5)] bool Descending,
    [property: Id(6)] int Offset,
    [property: Id(7)] int Limit);

/// <summary>A page of a list.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Total">How many the whole list has.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.OperatorPage)]
public sealed record OperatorPage([property: Id(0)] ImmutableArray<OperatorView> Items, [property: Id(1)] long Total);
