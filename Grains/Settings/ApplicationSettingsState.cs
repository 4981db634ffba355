using System.Collections.Immutable;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Settings;

/// <summary>The settings of an installation, as stored. What is null, or false, was never set: its default may change with a release.</summary>
internal sealed record ApplicationSettingsState : IDurable
{
    public long Epoch { get; init; }

    public long ChangedBy { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    public bool ExternalAuthorizationServiceEnabled { get; init; }

    public bool AllowDeployTokensAndKeysWithExternalAuthn { get; init; }

    public bool GroupPackagesOfParents { get; init; }

    public bool CiDeployTokenOfAncestors { get; init; }

    public int? ContainerRegistryTokenExpireDelay { get; init; }

    public bool FailureBanEnabled { get; init; }

    public int? FailureBanMaxRetry { get; init; }

    public int? FailureBanFindTimeSeconds { get; init; }

    public int? FailureBanBanTimeSeconds { get; init; }

    public ImmutableArray<string> FailureBanAllowedSources { get; init; } = [];

    public int? FailureBanStatus { get; init; }

    public string? Fault()
    {
        if (Epoch < 0 || (!FailureBanAllowedSources.IsDefault && FailureBanAllowedSources.Any(static s => !AddressRange.TryParse(s, out _))))
        {
            return "settings that cannot be read";
        }

        return ApplicationSettingsRules.Fault(View()) is var (setting, complaint) ? $"the setting {setting} {complaint}" : null;
    }

    /// <summary>The settings as everybody sees them.</summary>
    public ApplicationSettings View()
    {
        var ban = FailureBanSettings.Default;
        return new ApplicationSettings
        {
            Epoch = Epoch,
            ExternalAuthorizationServiceEnabled = ExternalAuthorizationServiceEnabled,
            AllowDeployTokensAndKeysWithExternalAuthn = AllowDeployTokensAndKeysWithExternalAuthn,
            GroupPackagesOfParents = GroupPackagesOfParents,
            CiDeployTokenOfAncestors = CiDeployTokenOfAncestors,
            ContainerRegistryTokenExpireDelay = ContainerRegistryTokenExpireDelay,
            FailureBan = new FailureBanSettings
            {
                Enabled = FailureBanEnabled,
                MaxRetry = FailureBanMaxRetry ?? ban.MaxRetry,
                FindTimeSeconds = FailureBanFindTimeSeconds ?? ban.FindTimeSeconds,
                BanTimeSeconds = FailureBanBanTimeSeconds ?? ban.BanTimeSeconds,
                AllowedSources = FailureBanAllowedSources.IsDefaultOrEmpty ? [] : [.. FailureBanAllowedSources.Select(Range)],
                Status = FailureBanStatus ?? ban.Status,
            },
        };
    }

    /// <summary>What is stored when a change is made.</summary>
    public ApplicationSettingsState With(ChangeApplicationSettings change) => this with
    {
        ExternalAuthorizationServiceEnabled = change.ExternalAuthorizationServiceEnabled ?? ExternalAuthorizationServiceEnabled,
        AllowDeployTokensAndKeysWithExternalAuthn =
            change.AllowDeployTokensAndKeysWithExternalAuthn ?? AllowDeployTokensAndKeysWithExternalAuthn,
        GroupPackagesOfParents = change.GroupPackagesOfParents ?? GroupPackagesOfParents,
        CiDeployTokenOfAncestors = change.CiDeployTokenOfAncestors ?? CiDeployTokenOfAncestors,
        ContainerRegistryTokenExpireDelay = change.ContainerRegistryTokenExpireDelay switch
        {
            null => ContainerRegistryTokenExpireDelay,
            0 => null,
            var minutes => minutes,
        },
        FailureBanEnabled = change.FailureBanEnabled ?? FailureBanEnabled,
        FailureBanMaxRetry = change.FailureBanMaxRetry ?? FailureBanMaxRetry,
        FailureBanFindTimeSeconds = change.FailureBanFindTimeSeconds ?? FailureBanFindTimeSeconds,
        FailureBanBanTimeSeconds = change.FailureBanBanTimeSeconds ?? FailureBanBanTimeSeconds,
        FailureBanAllowedSources = change.FailureBanAllowedSources is { IsDefault: false } ranges
            ? [.. ranges.Select(static r => r.ToString())]
            : FailureBanAllowedSources,
        FailureBanStatus = change.FailureBanStatus ?? FailureBanStatus,
    };

    private static AddressRange Range(string text) => AddressRange.TryParse(text, out var range) ? range : default;
}
