using System.Globalization;
using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Settings;

/// <summary>What settings can be. Pure.</summary>
internal static class ApplicationSettingsRules
{
    /// <summary>Whether decisions about deploy tokens rest on what is changed.</summary>
    public static bool IsOfDecisions(ChangeApplicationSettings change) =>
        change.ExternalAuthorizationServiceEnabled is not null || change.AllowDeployTokensAndKeysWithExternalAuthn is not null
        || change.GroupPackagesOfParents is not null;

    /// <summary>What is wrong with settings: the name of one as callers know it, and the rest of a sentence that begins with it. Null
    /// where nothing is.</summary>
    public static (string Setting, string Complaint)? Fault(ApplicationSettings settings)
    {
        var ban = settings.FailureBan;
        return OutOfRange(
                "container_registry_token_expire_delay", settings.ContainerRegistryTokenExpireDelay ?? 1, 1, Limits.MaxRegistryTokenMinutes)
            ?? OutOfRange("rack_attack_git_basic_auth_maxretry", ban.MaxRetry, 1, Limits.MaxFailuresBeforeBan)
            ?? OutOfRange("rack_attack_git_basic_auth_findtime", ban.FindTimeSeconds, 1, Limits.MaxFailureWindowSeconds)
            ?? OutOfRange("rack_attack_git_basic_auth_bantime", ban.BanTimeSeconds, 1, Limits.MaxBanSeconds)
            ?? Sources(ban)
            ?? (ban.Status is 403 or 429 ? null : ("rack_attack_git_basic_auth_status", "must be 403 or 429"));
    }

    private static (string Setting, string Complaint)? Sources(FailureBanSettings ban)
    {
        const string Setting = "rack_attack_git_basic_auth_ip_whitelist";
        if (ban.AllowedSources.Length > Limits.MaxAllowedSources)
        {
            return (Setting, string.Create(CultureInfo.InvariantCulture, $"has too many entries (maximum is {Limits.MaxAllowedSources})"));
        }

        return ban.AllowedSources.Contains(default) ? (Setting, "has an entry that is no address range") : null;
    }

    private static (string Setting, string Complaint)? OutOfRange(string setting, int value, int min, int max) => value >= min && value <= max
        ? null
        : (setting, string.Create(CultureInfo.InvariantCulture, $"must be from {min} to {max}"));
}
