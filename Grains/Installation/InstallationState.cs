using System.Collections.Immutable;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;

namespace OrleansTokens.Grains.Installation;

/// <summary>What there is once in an installation, as stored.</summary>
internal sealed record InstallationState : IDurable
{
    /// <summary>The look-up keys of the administrator's token, from before operators had tokens of their own; taken over at the next start.</summary>
    public ImmutableArray<string> AdministratorTokens { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The look-up keys of administrators' tokens before it that are still to be revoked.</summary>
    public ImmutableArray<string> FormerAdministratorTokens { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The public id of the newest master key at the last start, or null before the first.</summary>
    public string? MasterKeyId { get; init; }

    /// <summary>
    /// The tag keys of all master keys there ever were, oldest first, sealed under the newest one that was known: a token is not forged
    /// because the master key is gone under which it was issued.
    /// </summary>
    public ImmutableArray<StoredTagKey> TagKeys { get => field.IsDefault ? [] : field; init; } = [];

    public string? Fault()
    {
        if (AdministratorTokens.Contains("") || FormerAdministratorTokens.Contains(""))
        {
            return "an empty look-up key";
        }

        return TagKeys.All(static k => Keys.MasterKeyId.TryParse(k.MasterKeyId, out _) && SealedBox.TryParse(k.Sealed, out _))
            ? null
            : "a tag key that is none";
    }
}

/// <summary>A tag key, as stored.</summary>
internal sealed record StoredTagKey
{
    /// <summary>The public id of the master key it is derived from.</summary>
    public string MasterKeyId { get; init; } = "";

    /// <summary>The key, in a sealed box.</summary>
    public string Sealed { get; init; } = "";
}
