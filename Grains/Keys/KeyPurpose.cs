namespace OrleansTokens.Grains.Keys;

/// <summary>What a digest is of. Each has its own key, so a digest of one kind never passes for another.</summary>
public enum DigestPurpose
{
    /// <summary>The secret of a deploy token.</summary>
    DeployToken,

    /// <summary>The secret of an operator token.</summary>
    OperatorToken,
}

/// <summary>What a sealed box holds. Each has its own key.</summary>
public enum SealPurpose
{
    /// <summary>The secret of a deploy token that has to be handed out again.</summary>
    DeployToken,

    /// <summary>A private key with which this installation signs.</summary>
    SigningKey,

    /// <summary>The tag key of a master key that may be gone.</summary>
    TagKey,
}

/// <summary>
/// The HKDF labels, one for each use of a master key. A label is never changed: its version rises when what is computed with
/// the key changes.
/// </summary>
internal static class KeyLabels
{
    public const string KeyId = "OrleansTokens/v1/key-id";
    public const string TokenTag = "OrleansTokens/v1/token-tag";
    public const string SecretLookup = "OrleansTokens/v1/secret-lookup";
    public const string DependencyProxyToken = "OrleansTokens/v1/dependency-proxy-token";

    public static string Of(DigestPurpose purpose) => purpose switch
    {
        DigestPurpose.DeployToken => "OrleansTokens/v1/deploy-token-digest",
        DigestPurpose.OperatorToken => "OrleansTokens/v1/operator-token-digest",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, null),
    };

    public static string Of(SealPurpose purpose) => purpose switch
    {
        SealPurpose.DeployToken => "OrleansTokens/v1/deploy-token-seal",
        SealPurpose.SigningKey => "OrleansTokens/v1/signing-key-seal",
        SealPurpose.TagKey => "OrleansTokens/v1/tag-key-seal",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, null),
    };
}
