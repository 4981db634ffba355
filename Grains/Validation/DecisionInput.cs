using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Validation;

/// <summary>What the secret and username that were shown are, compared with the token's.</summary>
internal enum CredentialMatch
{
    /// <summary>Nothing was shown.</summary>
    None,

    /// <summary>The secret is another.</summary>
    OtherSecret,

    /// <summary>The secret is right, the username is another.</summary>
    OtherUsername,

    /// <summary>All that was to be shown is right.</summary>
    Right,
}

/// <summary>Everything that a decision rests on.</summary>
/// <param name="Token">The token's record; null where there is none.</param>
/// <param name="Match">What was shown.</param>
/// <param name="Holder">A lineage that leads through the token's holder; null where the holder, or a group above it, does not exist.</param>
/// <param name="Action">What is wanted.</param>
/// <param name="Resource">The lineage of the project or group it is aimed at; null where there is none.</param>
/// <param name="ViaRedirect">Whether it was named by an old path.</param>
/// <param name="Now">The time of the decision.</param>
/// <param name="Settings">What is set for the whole installation.</param>
internal readonly record struct DecisionInput(
    DeployTokenView? Token,
    CredentialMatch Match,
    Lineage? Holder,
    RegistryAction Action,
    Lineage? Resource,
    bool ViaRedirect,
    DateTimeOffset Now,
    DecisionSettings Settings = default)
{
    /// <summary>The revocations of all tokens at or below a node that the token is not subject to, because it was issued after them.</summary>
    public ImmutableArray<IssuedUnder> IssuedUnder { get => field.IsDefault ? [] : field; init; }

    /// <summary>What the installation does not serve.</summary>
    public SwitchedOff SwitchedOff { get; init; }

    /// <summary>What a decision about somebody without a credential rests on.</summary>
    public static DecisionInput Anonymous(RegistryAction action, Lineage? resource, bool viaRedirect, DateTimeOffset now) =>
        new(null, CredentialMatch.None, null, action, resource, viaRedirect, now);
}
