using System.Globalization;

namespace OrleansTokens.DeployTokens;

/// <summary>The public id of a deploy token: positive, never used again, safe in logs. Not the id of anything else. Default is no token.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.TokenId)]
public readonly record struct TokenId([property: Id(0)] long Value)
{
    /// <summary>Whether this is no token at all.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
