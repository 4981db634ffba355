using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>How tokens of this installation look.</summary>
public sealed class DeployTokenOptions
{
    /// <summary>The prefix of new tokens, and the former ones that go on working. Default <c>gldt-</c>.</summary>
    public TokenPrefixes Prefixes { get; init; } = TokenPrefixes.Default;

    /// <summary>The home region that new tokens carry: 0 to 255, default 0.</summary>
    public byte Region { get; init; }
}
