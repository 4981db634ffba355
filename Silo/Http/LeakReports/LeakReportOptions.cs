using System.Collections.Immutable;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>From whom reports of leaked tokens are taken; by default from nobody.</summary>
internal sealed class LeakReportOptions
{
    /// <summary>What GitLab's secret detection calls a deploy token: the kind of identifier and the id of the rule.</summary>
    public const string DefaultGitLabType = "gitleaks_rule_id_gitlab_deploy_token";

    /// <summary>The shortest token that GitLab may have to show, in characters: shorter ones can be guessed.</summary>
    public const int MinGitLabTokenLength = 20;

    /// <summary>Keys with which GitHub signs, given outright.</summary>
    public ImmutableArray<GitHubKey> GitHubKeys { get; init; } = [];

    /// <summary>Where GitHub publishes its keys, or null: https, or http on this machine.</summary>
    public Uri? GitHubKeysUrl { get; init; }

    /// <summary>What GitLab shows; null: GitLab reports nothing here.</summary>
    public Secret? GitLabToken { get; init; }

    /// <summary>The types of secrets that GitLab is told to report.</summary>
    public ImmutableArray<string> GitLabTypes { get; init; } = [DefaultGitLabType];

    /// <summary>Whether GitHub may report.</summary>
    public bool TakesGitHub => GitHubKeysUrl is not null || !GitHubKeys.IsEmpty;
}
