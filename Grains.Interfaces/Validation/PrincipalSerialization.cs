using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Validation;

/// <summary>
/// The wire form of a <see cref="Principal"/>. A positional record, as that one was when it crossed itself: Orleans marks in the bytes
/// where the constructor's parameters end, and those of before have to be read.
/// </summary>
[GenerateSerializer, Immutable, Alias(WireAliases.PrincipalSurrogate)]
internal readonly record struct PrincipalSurrogate(
    [property: Id(0)] TokenId Token,
    [property: Id(1)] NamespaceId Holder,
    [property: Id(2)] string Username,
    [property: Id(3)] DeployTokenScopes Scopes)
{
    [Id(4)]
    public DateTimeOffset IssuedAt { get; init; }

    [Id(5)]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Orleans' own serializer would set fields, and a principal has others than those that cross.</summary>
[RegisterConverter]
internal sealed class PrincipalConverter : IConverter<Principal, PrincipalSurrogate>
{
    public Principal ConvertFromSurrogate(in PrincipalSurrogate surrogate) =>
        new(surrogate.Token, surrogate.Holder, surrogate.Username, surrogate.Scopes)
        {
            IssuedAt = surrogate.IssuedAt,
            ExpiresAt = surrogate.ExpiresAt,
        };

    public PrincipalSurrogate ConvertToSurrogate(in Principal value) =>
        new(value.Token, value.Holder, value.Username, value.Scopes) { IssuedAt = value.IssuedAt, ExpiresAt = value.ExpiresAt };
}
