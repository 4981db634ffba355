using System.Collections.Immutable;

namespace OrleansTokens.Settings;

/// <summary>What administrators set for the whole installation while it runs. Every default is what an installation has that was never
/// changed.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.ApplicationSettings)]
public sealed record ApplicationSettings
{
    /// <summary>The settings of an installation that was never changed.</summary>
    public static ApplicationSettings Default { get; } = new();

    /// <summary>Grows with every change; 0 before the first.</summary>
    [Id(0)]
    public long Epoch { get; init; }

    /// <summary>Whether an external service decides who may see which project (reference §3.7). It knows people and not deploy tokens, so
    /// these are refused. Default false.</summary>
    [Id(1)]
    public bool ExternalAuthorizationServiceEnabled { get; init; }

    /// <summary>Whether deploy tokens are accepted all the same. Default false.</summary>
    [Id(2)]
    public bool AllowDeployTokensAndKeysWithExternalAuthn { get; init; }

    /// <summary>Whether a group's token is accepted by the group-level package addresses of the groups below it, too. Default false, as
    /// at GitLab: by those of its own group only.</summary>
    [Id(3)]
    public bool GroupPackagesOfParents { get; init; }

    /// <summary>Whether a <c>gitlab-deploy-token</c> of any group above a project is handed to its jobs. Default false, as at GitLab: of its
    /// direct group only.</summary>
    [Id(4)]
    public bool CiDeployTokenOfAncestors { get; init; }

    /// <summary>Minutes that registry tokens live, 1 to 60; null, the default: as configured for the process.</summary>
    [Id(5)]
    public int? ContainerRegistryTokenExpireDelay { get; init; }

    /// <summary>When sources of failed attempts are banned.</summary>
    [Id(6)]
    public FailureBanSettings FailureBan { get; init; } = FailureBanSettings.Default;

    /// <summary>In the answer to a change: for how long, from the answer on, somebody may still go by what was set before. Otherwise zero.</summary>
    [Id(7)]
    public TimeSpan Settling { get; init; }

    /// <summary>Whether deploy tokens are refused because an external service decides.</summary>
    public bool RefusesDeployTokens => ExternalAuthorizationServiceEnabled && !AllowDeployTokensAndKeysWithExternalAuthn;
}

/// <summary>When a source of failed attempts is banned from git and registries (reference §3.8).</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.FailureBanSettings)]
public sealed record FailureBanSettings
{
    /// <summary>What is set before anything was changed.</summary>
    public static FailureBanSettings Default { get; } = new();

    /// <summary>Whether anybody is banned. Default false.</summary>
    [Id(0)]
    public bool Enabled { get; init; }

    /// <summary>The failure that leads to a ban: 1 to <see cref="Limits.MaxFailuresBeforeBan"/>, default 30.</summary>
    [Id(1)]
    public int MaxRetry { get; init; } = 30;

    /// <summary>Within which time of the first failure, in seconds: 1 to <see cref="Limits.MaxFailureWindowSeconds"/>, default 180.</summary>
    [Id(2)]
    public int FindTimeSeconds { get; init; } = 180;

    /// <summary>How long a ban lasts, in seconds: 1 to <see cref="Limits.MaxBanSeconds"/>, default 3600.</summary>
    [Id(3)]
    public int BanTimeSeconds { get; init; } = 3600;

    /// <summary>Sources that are never counted nor banned; at most <see cref="Limits.MaxAllowedSources"/>, default none.</summary>
    [Id(4)]
    public ImmutableArray<AddressRange> AllowedSources { get; init; } = [];

    /// <summary>The HTTP status that the banned get: 403, the default, or 429.</summary>
    [Id(5)]
    public int Status { get; init; } = 403;
}

/// <summary>A change of <see cref="ApplicationSettings"/>. What is null stays as it is.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.ChangeApplicationSettings)]
public sealed record ChangeApplicationSettings
{
    /// <summary>See <see cref="ApplicationSettings.ExternalAuthorizationServiceEnabled"/>.</summary>
    [Id(0)]
    public bool? ExternalAuthorizationServiceEnabled { get; init; }

    /// <summary>See <see cref="ApplicationSettings.AllowDeployTokensAndKeysWithExternalAuthn"/>.</summary>
    [Id(1)]
    public bool? AllowDeployTokensAndKeysWithExternalAuthn { get; init; }

    /// <summary>See <see cref="ApplicationSettings.GroupPackagesOfParents"/>.</summary>
    [Id(2)]
    public bool? GroupPackagesOfParents { get; init; }

    /// <summary>See <see cref="ApplicationSettings.CiDeployTokenOfAncestors"/>.</summary>
    [Id(3)]
    public bool? CiDeployTokenOfAncestors { get; init; }

    /// <summary>See <see cref="ApplicationSettings.ContainerRegistryTokenExpireDelay"/>; 0: as configured for the process.</summary>
    [Id(4)]
    public int? ContainerRegistryTokenExpireDelay { get; init; }

    /// <summary>See <see cref="FailureBanSettings.Enabled"/>.</summary>
    [Id(5)]
    public bool? FailureBanEnabled { get; init; }

    /// <summary>See <see cref="FailureBanSettings.MaxRetry"/>.</summary>
    [Id(6)]
    public int? FailureBanMaxRetry { get; init; }

    /// <summary>See <see cref="FailureBanSettings.FindTimeSeconds"/>.</summary>
    [Id(7)]
    public int? FailureBanFindTimeSeconds { get; init; }

    /// <summary>See <see cref="FailureBanSettings.BanTimeSeconds"/>.</summary>
    [Id(8)]
    public int? FailureBanBanTimeSeconds { get; init; }

    /// <summary>See <see cref="FailureBanSettings.AllowedSources"/>.</summary>
    [Id(9)]
    public ImmutableArray<AddressRange>? FailureBanAllowedSources { get; init; }

    /// <summary>See <see cref="FailureBanSettings.Status"/>.</summary>
    [Id(10)]
    public int? FailureBanStatus { get; init; }
}
